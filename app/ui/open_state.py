"""Are we open? One selling point's closings and hours at one moment, and how people read it.

The truth of it is the domain's (:mod:`app.domain.opening`); here is what the header, the tray and the panels say, with
the proof: open or closed *on Sinqro* only once it was read back from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import opening, schedule
from app.domain.availability import Busy, Closing, ClosingSource, ProofState
from app.domain.schedule import Schedule
from app.ports.sinqro import Role
from app.services.snapshot import OutletSnapshot, Snapshot
from app.ui.words import channel_code_name, clock, coming, day_and_clock, tr, type_name


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenState:
    """One selling point now."""

    outlet: OutletSnapshot
    closings: tuple[Closing, ...]
    """Those that hold now."""
    whole: Closing | None
    """The one that closes everything, and longest."""
    in_hours: bool
    changes_at: datetime | None
    """When the hours open or close next; ``None``: never, or nobody keeps hours."""
    since: datetime | None
    """Since when the hours are as they are."""
    tomorrow: datetime | None
    """When the next business day opens."""
    day_ends: datetime | None
    """When this business day ends."""

    @property
    def mine(self) -> bool:
        """Whether this installation may close and open it: in charge, be the link up or down."""
        return self.outlet.role is Role.ACTIVE

    @property
    def differs(self) -> bool:
        """Whether Sinqro is seen to show something else."""
        return self.mine and self.outlet.proof.state is ProofState.DIFFERS

    @property
    def is_open(self) -> bool:
        """Whether any order can come in."""
        return self.whole is None and self.in_hours

    @property
    def partly(self) -> bool:
        """Open, but not for all types or channels."""
        return self.is_open and bool(self.closings)

    @property
    def own(self) -> tuple[Closing, ...]:
        """What staff closed, and may open again."""
        return tuple(closing for closing in self.closings if closing.source is ClosingSource.STAFF)

    @property
    def others(self) -> tuple[Closing, ...]:
        """What others closed."""
        return tuple(closing for closing in self.closings if closing.source is not ClosingSource.STAFF)

    @property
    def opens_at(self) -> datetime | None:
        """When it opens by itself; ``None``: it does not, or is open."""
        if self.whole is not None:
            return self.whole.until
        return None if self.in_hours else self.changes_at

    @property
    def busy(self) -> Busy | None:
        """More time for everything."""
        return self.outlet.busy


def read_states(snapshot: Snapshot, now: datetime) -> tuple[OpenState, ...]:
    """All selling points of a snapshot."""
    return tuple(read_state(outlet, now) for outlet in snapshot.outlets)


def read_state(outlet: OutletSnapshot, now: datetime) -> OpenState:
    """One selling point now."""
    closings = tuple(
        closing
        for closing in outlet.closings
        if closing.since <= now and (closing.until is None or now < closing.until)
    )
    whole = [closing for closing in closings if not closing.order_types and not closing.channels]
    longest = max(whole, key=lambda closing: (closing.until is None, closing.until or now), default=None)
    hours = outlet.schedule
    in_hours = schedule.is_open(hours, now)
    return OpenState(
        outlet=outlet,
        closings=closings,
        whole=longest,
        in_hours=in_hours,
        changes_at=schedule.next_change(hours, now),
        since=_since(hours, now, in_hours=in_hours),
        tomorrow=opening.tomorrows_opening(hours, now),
        day_ends=opening.business_day_end(now, outlet.timezone),
    )


def _since(hours: Schedule, now: datetime, *, in_hours: bool) -> datetime | None:
    """Since when the hours are as they are; ``None``: for longer than anybody asks."""
    before = now - timedelta(days=3)
    openings = schedule.open_between(hours, before, now)
    if not openings:
        return None
    start, end = openings[-1]
    since = start if in_hours else end
    return since if since > before else None


def left_text(left: timedelta) -> str:
    """What is left of something: 12 min, 2 h 05; less than a minute is one."""
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    if minutes < 90:
        return tr("%n min", n=minutes)
    if minutes < 48 * 60:
        return tr("%1 h %2", minutes // 60, f"{minutes % 60:02d}")
    return tr("%n days", n=minutes // (24 * 60))


def busy_text(busy: Busy, now: datetime) -> str:
    """More time for everything, with what is left of it."""
    return tr("+%1 min until %2 (%3)", busy.extra_minutes, clock(busy.until), left_text(busy.until - now))


def scope_text(closing: Closing) -> str:
    """What a closing closes."""
    parts = [type_name(kind) for kind in closing.order_types] + [channel_code_name(code) for code in closing.channels]
    return ", ".join(parts) or tr("everything")


def closing_text(closing: Closing, now: datetime) -> tuple[str, str]:
    """Who closed what and why, and from when to when."""
    who = {
        ClosingSource.STAFF: tr("Here"),
        ClosingSource.POS: tr("The POS"),
        ClosingSource.SINQRO: tr("Sinqro"),
        ClosingSource.SCHEDULE: tr("The hours"),
        ClosingSource.POS_UNREACHABLE: tr("The POS is away"),
    }[closing.source]
    what = f"{who}: {scope_text(closing)}"
    if closing.reason:
        what += f" · «{closing.reason}»"
    since = tr("since %1", day_and_clock(closing.since, now))
    if closing.until is None:
        return what, f"{since} · {tr('without an end')}"
    until = tr("until %1", coming(closing.until, now))
    return what, f"{since} · {until}, {left_text(closing.until - now)}"


def said_now(states: Sequence[OpenState], now: datetime) -> str:
    """Open or closed, in a sentence's middle."""
    if not states:
        return ""
    first = states[0]
    if not first.is_open:
        return tr("closed")
    proof = first.outlet.proof
    if proof.state is ProofState.PROVEN:
        moments = [moment for moment in (proof.at, first.since) if moment is not None]
        if moments:
            return tr("open on Sinqro since %1", day_and_clock(max(moments), now))
    return tr("open")
