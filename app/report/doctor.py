"""The doctor: every part of an installation looked at, each with one sentence and, if something is wrong, what to do.

A check is a name and something to call; :func:`run` calls all of them at the same time, each for a limited time. One
that fails, in whatever way, becomes a line and takes nothing with it: the rest is still looked at. What is looked at is
handed in by :mod:`app.bootstrap_doctor`; this module knows the ports only, and how to say what it finds.

Nothing here changes anything, and no secret is ever in a line (they go through ``mask``, as the log does).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from app.domain.errors import CompanionError
from app.domain.record import BY_HAND, OrderRecord
from app.domain.status import OFF, Injection, Status
from app.ports.ledger import LedgerView
from app.ports.pos import PosHealth
from app.ports.vault import Vault, VaultState

log = logging.getLogger(__name__)

LIMIT = 12.0
"""Seconds that one check may take: a person may have to unlock the vault."""

CLOCK_WARNS = timedelta(seconds=60)
CLOCK_FAILS = timedelta(minutes=5)
"""Sinqro refuses signatures that are further off."""

_LONGEST = 400
_LISTED = 5


class State(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and somebody should know."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It could not be looked at; another line says why."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One finding: what was looked at, how it is, one sentence about it, and what to do (empty: nothing)."""

    check: str
    state: State
    says: str
    todo: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All lines, in the order of the checks."""

    version: str
    at: datetime
    lines: tuple[Line, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing failed; warnings are no failure."""
        return all(line.state is not State.FAILED for line in self.lines)

    def as_json(self) -> str:
        """For programs: ``{ok, version, at, lines: [{check, state, says, todo}]}``."""
        form = {"ok": self.ok, **msgspec.to_builtins(self)}
        return msgspec.json.format(msgspec.json.encode(form), indent=2).decode()

    def __str__(self) -> str:
        """For people."""
        width = max((len(line.check) for line in self.lines), default=0)
        said = [f"Sinqro Companion {self.version}, {self.at:%Y-%m-%d %H:%M:%S} UTC", ""]
        for line in self.lines:
            said.append(f"{_SIGNS[line.state]}  {line.check:<{width}}  {line.says}")
            if line.todo:
                said.append(f"{'':{len(_SIGNS[line.state]) + width + 4}}-> {line.todo}")
        failed = sum(line.state is State.FAILED for line in self.lines)
        warned = sum(line.state is State.WARNING for line in self.lines)
        said += ["", f"{failed} failed, {warned} to know about." if failed or warned else "All is well."]
        return "\n".join(said)


_SIGNS = {State.OK: "ok     ", State.WARNING: "NOTE   ", State.FAILED: "FAILED ", State.UNKNOWN: "?      "}

Look = Callable[[], Awaitable[Sequence[Line]]]


class Check(NamedTuple):
    """Something to look at; ``look`` may raise."""

    name: str
    look: Look


async def run(
    checks: Sequence[Check], *, version: str, at: datetime, mask: Callable[[str], str], limit: float = LIMIT
) -> Report:
    """Make all checks at the same time; ``limit``: seconds for each."""
    found = await asyncio.gather(*(_look(check, limit) for check in checks))
    lines = tuple(_tidy(line, mask) for group in found for line in group)
    return Report(version=version, at=at, lines=lines)


async def _look(check: Check, limit: float) -> Sequence[Line]:
    try:
        async with asyncio.timeout(limit):
            return await check.look()
    except TimeoutError:
        return [failed(check.name, f"No answer within {limit:g} seconds.", "Try again; then start the computer anew.")]
    except CompanionError as exc:
        return [of_error(check.name, exc)]
    except Exception as exc:
        log.exception("the check of %s failed: a bug of ours", check.name)
        return [failed(check.name, f"This could not be looked at ({type(exc).__name__}).", "Report this as a bug.")]


def _tidy(line: Line, mask: Callable[[str], str]) -> Line:
    return msgspec.structs.replace(line, says=_one_line(mask(line.says)), todo=_one_line(mask(line.todo)))


def _one_line(text: str) -> str:
    """What POS and Sinqro say is untrusted: one line of printable characters, of bearable length."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 3]}..."


def ok(check: str, says: str) -> Line:
    """All is well."""
    return Line(check=check, state=State.OK, says=says)


def warning(check: str, says: str, todo: str = "") -> Line:
    """Somebody should know."""
    return Line(check=check, state=State.WARNING, says=says, todo=todo)


def failed(check: str, says: str, todo: str) -> Line:
    """It does not work."""
    return Line(check=check, state=State.FAILED, says=says, todo=todo)


def unknown(check: str, says: str) -> Line:
    """It could not be looked at."""
    return Line(check=check, state=State.UNKNOWN, says=says)


def of_error(check: str, error: CompanionError) -> Line:
    """The world failed us: its own words."""
    return failed(check, error.message, error.hint)


# ---------------------------------------------------------------- vault


async def of_vault(vault: Vault, needed: Sequence[str]) -> list[Line]:
    """Whether the vault works and has what pairing puts there; ``needed``: names, shown where they are missing."""
    if not needed:
        state = await vault.state()
        if state is VaultState.AVAILABLE:
            return [ok("vault", "It can be used.")]
        if state is VaultState.LOCKED:
            return [failed("vault", "It is locked.", "Log in to this computer, or unlock its password store.")]
        return [
            failed(
                "vault",
                "This computer has no password store that works.",
                "Log in to the desktop, or name a secrets file: --secrets FILE.",
            )
        ]
    missing = [name for name in needed if await vault.get(name) is None]
    if missing:
        return [
            failed("vault", f"It lacks {', '.join(missing)}.", "Pair again: sinqro-companion pair CODE, from Sinqro.")
        ]
    return [ok("vault", "It can be used, and holds what Sinqro gave this machine.")]


# ---------------------------------------------------------------- clock


def of_clock(offset: timedelta | None) -> Line:
    """This computer's clock beside Sinqro's; positive: ours is behind."""
    if offset is None:
        return unknown("clock", "It could not be compared with Sinqro's.")
    seconds = abs(round(offset.total_seconds()))
    if abs(offset) <= CLOCK_WARNS:
        return ok("clock", f"It agrees with Sinqro's, within {max(seconds, 1)} s.")
    off = f"{seconds} s" if seconds < 600 else f"{seconds // 60} min"
    says = f"It is {off} {'slow' if offset > timedelta(0) else 'fast'}, compared with Sinqro's."
    todo = "Let the computer set its clock by itself (date and time settings: automatic)."
    if abs(offset) > CLOCK_FAILS:
        return failed("clock", says, todo)
    return warning("clock", says, todo)


# ---------------------------------------------------------------- POS


def of_pos(check: str, health: PosHealth, *, url: str, plain: bool) -> list[Line]:
    """What the POS says of itself; ``plain``: spoken to without encryption, which is only allowed nearby."""
    version = f" (version {health.version})" if health.version else ""
    if not health.ok:
        why = health.message or "it says nothing else"
        lines = [failed(check, f"The POS at {url} answers, but is not well: {why}", "Look at the POS itself.")]
    elif not health.till_open:
        lines = [
            warning(
                check,
                f"The POS answers{version}, but its till is closed: {health.message or 'no session is open'}.",
                "Open the till in the POS: orders wait for it.",
            )
        ]
    else:
        lines = [ok(check, f"The POS at {url} answers{version}.")]
    if plain:
        lines.append(
            warning(check, f"{url} is not encrypted: allowed within the restaurant only.", "Use https:// if it can.")
        )
    return lines


# ---------------------------------------------------------------- ledger


def of_ledger(view: LedgerView, *, running: bool) -> list[Line]:
    """What the ledger tells of the work: orders that wait, notifications that Sinqro lacks, quarantine."""
    return [_orders(view.open_orders()), _notifications(view.outbox_size(), running), _quarantine(view)]


def _orders(records: Sequence[OrderRecord]) -> Line:
    stuck = [record for record in records if _needs_a_person(record)]
    new = sum(record.status is Status.PENDING for record in records)
    waiting = sum(record.injection is Injection.WAITING for record in records)
    counts = [f"{len(records)} open"]
    if new:
        counts.append(f"{new} to be answered")
    if waiting:
        counts.append(f"{waiting} waiting for the POS")
    if not stuck:
        return ok("orders", f"{', '.join(counts)}; none needs help.")
    listed = "; ".join(f"{record.code or record.order_id}: {_why(record)}" for record in stuck[:_LISTED])
    more = f"; and {len(stuck) - _LISTED} more" if len(stuck) > _LISTED else ""
    says = f"{', '.join(counts)}; {len(stuck)} must be looked at by a person: {listed}{more}."
    return warning("orders", says, "Open Orders in the companion: each card says what to do.")


def _needs_a_person(record: OrderRecord) -> bool:
    needed = record.injection in (Injection.HELD, Injection.FAILED, Injection.UNCERTAIN) and record.status not in OFF
    return needed or bool(record.marks & BY_HAND)


def _why(record: OrderRecord) -> str:
    marks = sorted(mark.value.replace("_", " ") for mark in record.marks & BY_HAND)
    if marks:
        return ", ".join(marks)
    return f"{record.injection.value} ({record.injection_code})" if record.injection_code else record.injection.value


def _notifications(count: int, running: bool) -> Line:
    if not count:
        return ok("notifications", "Sinqro has them all.")
    says = f"{count} not yet delivered to Sinqro."
    if running:
        return warning("notifications", says, "If it does not get less within a minute, see Sinqro above.")
    return warning("notifications", says, "They go out when the companion runs.")


def _quarantine(view: LedgerView) -> Line:
    kept = view.quarantine()
    if not kept:
        return ok("quarantine", "Empty: everything that Sinqro sent could be taken as an order.")
    at, reason, raw = kept[-1]
    says = (
        f"{len(kept)} messages could not be taken as an order; the last at {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        f" ({len(raw)} bytes): {reason}"
    )
    return warning("quarantine", says, "Tell Sinqro's support the time; the texts are kept in the ledger.")
