"""The three answers at a glance: is it working? is there something for me? are we open?

:class:`Watch` remembers since when something is wrong, which one snapshot does not tell; :func:`answer` says it all.
The tray's state and sentence come from the same facts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.record import OrderKey
from app.link.state import LinkPhase
from app.ports.sinqro import Role
from app.services.snapshot import OutletSnapshot, Snapshot
from app.ui.board import Board, Lane
from app.ui.facts import Fact
from app.ui.open_answer import answer_open
from app.ui.open_state import OpenState, read_states
from app.ui.words import clock, countdown, tr

_PATIENCE = timedelta(seconds=15)
"""A link that is made anew within that is no trouble."""


class TrayState(StrEnum):
    """What the tray's icon shows; each has a shape of its own."""

    CONNECTED = "connected"
    CONNECTING = "connecting"
    CLOSED = "closed"
    WARNING = "warning"
    ERROR = "error"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All three, and the tray's."""

    working: Fact
    todo: Fact
    open: Fact
    tray: TrayState
    count: int
    """Orders and reservations to answer."""
    sentence: str
    """The tooltip."""
    states: tuple[OpenState, ...] = ()
    """What the third answer was made from."""


class Watch:
    """Since when something is as it is; owned by the shell."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}
        self.dead = ""
        """Why the loop is dead; empty while it lives."""
        self.no_sound = ""
        """Why the alarm cannot be heard; empty while it can."""

    def see(self, snapshot: Snapshot) -> None:
        """Take a snapshot."""
        now = snapshot.at
        states = {"link": snapshot.link.phase is not LinkPhase.OPEN}
        states |= {f"pos {outlet.id}": outlet.pos_ok is False for outlet in snapshot.outlets}
        for name, wrong in states.items():
            if wrong:
                self._since.setdefault(name, now)
            else:
                self._since.pop(name, None)

    def since(self, name: str, now: datetime) -> datetime:
        """Since when it is wrong."""
        return self._since.get(name, now)


def answer(board: Board, watch: Watch, now: datetime) -> Answers:
    """Say all of it."""
    snapshot = board.snapshot
    working = _working(board, watch, now)
    count = len(board.ringing)
    states = read_states(snapshot, now)
    is_open = answer_open(
        states,
        now,
        linked=snapshot.link.phase is LinkPhase.OPEN,
        link_since=watch.since("link", now),
    )
    tray = _tray(board, watch, working, is_open, count)
    return Answers(
        working=working,
        todo=_todo(board, now),
        open=is_open,
        tray=tray,
        count=count,
        sentence=_sentence(board, working, is_open, tray, count),
        states=states,
    )


def _working(board: Board, watch: Watch, now: datetime) -> Fact:
    snapshot = board.snapshot
    link = snapshot.link
    if watch.dead:
        return Fact(title=tr("Stopped"), proof=tr("start the program again"), icon="error", state="danger")
    if link.phase is LinkPhase.CREDENTIALS:
        return Fact(title=tr("Not paired"), proof=tr("pair this machine again"), icon="link-off", state="danger")
    if link.phase is LinkPhase.CONNECTING and now - watch.since("link", now) < _PATIENCE:
        return Fact(title=tr("Connecting…"), proof=tr("Sinqro"), icon="connecting")
    if link.phase is not LinkPhase.OPEN:
        since = watch.since("link", now)
        proof = tr("since %1 · %2", clock(since), _minutes(now, since))
        return Fact(title=tr("No connection"), proof=proof, icon="link-off", state="danger")
    for outlet in snapshot.outlets:
        trouble = _outlet_trouble(outlet, watch, now)
        if trouble is not None:
            return trouble
    if board.troubled:
        first = board.troubled[0].record
        more = tr("%1 is not in the POS", first.code)
        return Fact(title=tr("%n to resolve", n=len(board.troubled)), proof=more, icon="warning", state="warn")
    if watch.no_sound:
        return Fact(title=tr("No sound"), proof=watch.no_sound, icon="volume-off", state="warn")
    return Fact(title=tr("Connected"), proof=tr("Sinqro and POS up to date"), icon="check", good=True)


def _outlet_trouble(outlet: OutletSnapshot, watch: Watch, now: datetime) -> Fact | None:
    if outlet.role is Role.VIEWER and outlet.taken_by:
        who = tr("%1 is in charge", outlet.taken_by)
        return Fact(title=tr("Only watching"), proof=who, icon="info", state="closed")
    if outlet.endpoint_stopped:
        return Fact(title=tr("Not paired"), proof=tr("pair this machine again"), icon="link-off", state="danger")
    if outlet.pos_ok is False:
        since = watch.since(f"pos {outlet.id}", now)
        proof = tr("since %1 · %2", clock(since), _minutes(now, since))
        return Fact(title=tr("POS not answering"), proof=proof, icon="pos", state="warn")
    if not outlet.till_open:
        return Fact(title=tr("Till closed"), proof=tr("open it in the POS"), icon="pos", state="warn")
    return None


def _minutes(now: datetime, since: datetime) -> str:
    return tr("%n min", n=max(0, int((now - since).total_seconds() // 60)))


def _todo(board: Board, now: datetime) -> Fact:
    reservations = sum(1 for card in board.ringing if card.record.is_reservation)
    new = len(board.ringing) - reservations
    running = board.count(Lane.KITCHEN) + board.count(Lane.READY)
    if new:
        if reservations:
            proof = tr("%n reservations to accept", n=reservations)
        else:
            first = board.ringing[0].record
            left = countdown(first.accept_by - now) if first.accept_by is not None else ""
            proof = tr("%1 left to accept %2", left, first.code) if left else tr("to accept")
        return Fact(title=tr("%n new", n=new), proof=proof, icon="bell", state="new")
    if reservations:
        return Fact(title=tr("%n reservations", n=reservations), proof=tr("to accept"), icon="bell", state="new")
    proof = tr("%n running", n=running) if running else tr("no orders running")
    return Fact(title=tr("Nothing waiting"), proof=proof, icon="bell")


def _tray(board: Board, watch: Watch, working: Fact, is_open: Fact, count: int) -> TrayState:
    if watch.dead or working.state == "danger":
        return TrayState.ERROR
    if count:
        return TrayState.NEW
    if board.troubled:
        return TrayState.ERROR
    if is_open.state == "danger":
        return TrayState.ERROR
    if working.state == "warn" or is_open.state == "warn":
        connecting = working.icon == "connecting"
        return TrayState.CONNECTING if connecting else TrayState.WARNING
    if working.icon == "connecting":
        return TrayState.CONNECTING
    return TrayState.CLOSED if is_open.is_open is False else TrayState.CONNECTED


def _sentence(board: Board, working: Fact, is_open: Fact, tray: TrayState, count: int) -> str:
    parts = []
    if count:
        parts.append(tr("%n to answer", n=count))
    if not working.good:
        parts.append(f"{working.title} · {working.proof}" if working.proof else working.title)
    if working.good or is_open.state in ("danger", "closed"):
        parts.append(f"{is_open.title}, {is_open.proof}")
    if board.snapshot.environment == "sandbox":
        parts.append(tr("sandbox"))
    return f"Sinqro Companion: {', '.join(part.rstrip('.') for part in parts)}"


def most_urgent(board: Board) -> OrderKey | None:
    """The order with the least time, else one that needs a decision."""
    first = next(iter(board.ringing), None) or next(iter(board.troubled), None)
    return first.key if first is not None else None
