"""What happened to an order, each entry in words: for the history of its details."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.record import HistoryEntry, OrderRecord
from app.domain.status import Origin, RejectReason, Status
from app.ui import explain
from app.ui.words import STATUS_ICONS, channel_name, clock, status_name, tr


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the history."""

    at: str
    icon: str
    tint: str
    title: str
    proof: str
    who: str


def lines(record: OrderRecord, history: tuple[HistoryEntry, ...], unsent: int) -> list[Line]:
    """The history, newest first."""
    told = [_line(record, entry) for entry in reversed(history)]
    if unsent:
        waiting = Line(
            at="", icon="clock", tint="warnInk", title=tr("Sinqro does not know the newest yet"), proof="", who=""
        )
        return [waiting, *told]
    return told


def who(origin: Origin, record: OrderRecord) -> str:
    """Whose doing it was."""
    names: dict[Origin, Callable[[], str]] = {
        Origin.POS: lambda: tr("POS"),
        Origin.SINQRO: lambda: channel_name(record),
        Origin.STAFF: lambda: tr("Here"),
        Origin.AUTO: lambda: tr("Companion"),
    }
    return names[origin]()


def _line(record: OrderRecord, entry: HistoryEntry) -> Line:
    title, icon, tint, proof = _said(record, entry)
    return Line(
        at=clock(entry.at, seconds=True), icon=icon, tint=tint, title=title, proof=proof, who=who(entry.origin, record)
    )


def _said(record: OrderRecord, entry: HistoryEntry) -> tuple[str, str, str, str]:
    detail = entry.detail
    if entry.kind == "status":
        return _status(detail, record)
    if entry.kind == "injected":
        number = tr("POS no. %1", detail.get("posOrderId", "")) if detail.get("posOrderId") else ""
        return tr("It is in the POS"), "pos", "ok", number
    known: dict[str, tuple[Callable[[], str], str, str]] = {
        "received": (lambda: tr("Received and kept"), "bell", "ink"),
        "changed": (lambda: tr("Changed by the channel"), "edit", "warnInk"),
        "changed_unreadable": (lambda: tr("Changed to something that we cannot read"), "error", "danger"),
        "failed": (lambda: tr("Did not get into the POS"), "error", "danger"),
        "held": (lambda: tr("Held: somebody must decide"), "warning", "warnInk"),
        "uncertain": (lambda: tr("Nobody knows whether the POS has it"), "help", "warnInk"),
        "sent_by_hand": (lambda: tr("Sent to the POS by hand"), "retry", "ink"),
        "entered_by_hand": (lambda: tr("Entered in the POS by hand"), "edit", "ink"),
        "ticked_off": (lambda: tr("Done by hand"), "check", "ink"),
        "updated_in_pos": (lambda: tr("Changed in the POS"), "pos", "ok"),
        "update_refused": (lambda: tr("The POS did not take the change"), "warning", "warnInk"),
        "pos_did_not_follow": (lambda: tr("The POS did not follow"), "warning", "warnInk"),
        "accept_too_late": (lambda: tr("Accepted in the POS too late"), "late", "danger"),
        "status_not_applied": (lambda: tr("Came too late, did not count"), "info", "ink"),
        "cancelled_after_completion": (lambda: tr("Cancelled after it was done: refund"), "undo", "warnInk"),
        "notification_refused": (lambda: tr("Sinqro did not take a message"), "warning", "warnInk"),
        "unknown_status": (lambda: tr("Sinqro told a state that we do not know"), "info", "ink"),
    }
    text, icon, tint = known.get(entry.kind, (lambda: entry.kind.replace("_", " "), "info", "ink"))
    return text(), icon, tint, _proof(detail)


def _status(detail: dict[str, Any], record: OrderRecord) -> tuple[str, str, str, str]:
    try:
        status = Status(str(detail.get("after")))
    except ValueError:
        return str(detail.get("after")), "info", "ink", ""
    title = status_name(status)
    if status is Status.ACCEPTED and record.preparation_minutes:
        title = tr("Accepted · %n min", n=record.preparation_minutes)
    reason = str(detail.get("reason") or "")
    if reason in set(RejectReason):
        reason = explain.reason_name(RejectReason(reason)).rstrip("…")
    off = status in (Status.REJECTED, Status.CANCELLED, Status.NO_SHOW)
    return title, STATUS_ICONS[status], "danger" if off else "ok" if status is Status.ACCEPTED else "ink", reason


def _proof(detail: dict[str, Any]) -> str:
    for name in ("why", "code", "status", "reason"):
        if detail.get(name):
            return str(detail[name])
    return ""


def reached(history: tuple[HistoryEntry, ...]) -> dict[str, HistoryEntry]:
    """When each status was first reached."""
    found: dict[str, HistoryEntry] = {}
    for entry in history:
        if entry.kind == "status":
            found.setdefault(str(entry.detail.get("after")), entry)
    return found
