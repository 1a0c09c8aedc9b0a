"""What the painted cards say: kitchen and ready cards, folded new orders, upcoming ones, reservations."""

from datetime import datetime

from PySide6.QtCore import Qt

from app.domain.record import Mark, OrderRecord
from app.domain.status import Injection, OrderType, Status
from app.services.sheets import OrderSheet
from app.ui import explain
from app.ui.board import Card, Lane, NoteKind
from app.ui.card_closed import paint_closed_then
from app.ui.card_paint import RIGHT, CardLayout, Sheet
from app.ui.theme import TOUCH, Look
from app.ui.words import (
    STATUS_ICONS,
    TYPE_ICONS,
    channel_name,
    channel_short,
    clock,
    countdown,
    day_and_clock,
    money,
    plain,
    short_customer,
    times,
    tr,
    type_name,
)

_TABLE_SOON = 10
"""Minutes before a reservation's time from which its card offers the next step."""


def lay_out(card: Card, *, look: Look, width: int, expanded: bool, now: datetime) -> CardLayout:
    """The card, ``width`` pixels wide; ``expanded`` shows its items."""
    sheet = Sheet(look=look, width=width)
    if card.lane is Lane.NEW:
        return _folded(sheet, card, now)
    if card.lane is Lane.UPCOMING:
        return _upcoming(sheet, card, now)
    if card.lane is Lane.RESERVATIONS:
        return _reservation(sheet, card, now)
    return _order(sheet, card, expanded, now)


def card_title(card: Card) -> str:
    """What people call it: the table for orders from a table, else the code."""
    if card.record.type is OrderType.INSIDE and card.sheet.table:
        return tr("Table %1", card.sheet.table)
    return card.record.code


def _folded(sheet: Sheet, card: Card, now: datetime) -> CardLayout:
    """A new order in one line: it opens on touch."""
    record = card.record
    sheet.layout.border, sheet.layout.border_width = ("new", 2) if card.rings else ("edge", 1)
    left = _left(record, now)
    wide = sheet.advance(left, "code_small") if left else 0
    end = _code(sheet, card, sheet.right - wide - 8)
    sheet.text(
        end + 8, sheet.right - wide - 12 - end, channel_name(record, card.sheet), "body", "ink", row="code_small"
    )
    if left:
        sheet.text(sheet.right - wide, wide, left, "code_small", "new", align=RIGHT)
    sheet.end_row("code_small")
    dishes = sum((line.quantity for line in card.sheet.lines if not line.charge), start=0)
    parts = [f"{type_name(record.type)} {clock(record.execution_at) if record.execution_at else ''}".strip()]
    if dishes:
        parts.append(tr("%n dishes", n=int(dishes)))
    ask = tr("to accept") if card.rings else tr("too late to accept")
    wide = sheet.advance(ask, "note_strong")
    sheet.text(sheet.left, sheet.inner - wide - 8, " · ".join(parts), "note", "ink2")
    color = "new" if card.rings else "ink2"
    sheet.text(sheet.right - wide, wide, ask, "note_strong", color, align=RIGHT)
    sheet.end_row("note")
    sheet.skip()
    if card.sheet.allergies:
        _allergy(sheet, card)
    return sheet.done()


def _left(record: OrderRecord, now: datetime) -> str:
    return countdown(record.accept_by - now) if record.accept_by is not None else ""


def _upcoming(sheet: Sheet, card: Card, now: datetime) -> CardLayout:
    record = card.record
    when = day_and_clock(record.execution_at, now) if record.execution_at else "–"  # noqa: RUF001
    short = channel_short(record.channel)
    chip = max(28, sheet.advance(short, "note_strong") + 8)
    sheet.text(sheet.left, sheet.advance(when, "strong"), when, "strong", "ink")
    after = sheet.left + sheet.advance(when, "strong") + 8
    room = sheet.right - chip - 8 - after
    font = "strong" if sheet.advance(card_title(card), "strong") <= room else "note_strong"
    sheet.text(after, room, card_title(card), font, "ink", row="strong", align=RIGHT)
    sheet.chip(sheet.right - chip, short, "strong")
    sheet.end_row("strong")
    sheet.icon(sheet.left, TYPE_ICONS[record.type], "ink", row="note")
    sheet.text(sheet.left + 22, sheet.inner - 22, type_name(record.type), "note", "ink")
    sheet.end_row("note")
    sheet.skip()
    _states(sheet, card)
    return sheet.done()


def _reservation(sheet: Sheet, card: Card, now: datetime) -> CardLayout:
    record = card.record
    if card.rings:
        sheet.layout.border, sheet.layout.border_width = "new", 3
    when = day_and_clock(record.execution_at, now) if record.execution_at else "–"  # noqa: RUF001
    sheet.text(sheet.left, sheet.inner - 60, when, "strong", "ink", struck=card.off)
    sheet.icon(sheet.right - 18, "people", "ink", row="strong")
    sheet.text(sheet.right - 60, 38, str(card.sheet.diners or ""), "strong", "ink", align=RIGHT)
    sheet.end_row("strong")
    zone = card.sheet.zone or card.sheet.table
    wide = min(sheet.inner // 2, sheet.advance(zone, "note")) if zone else 0
    name = short_customer(card.sheet.customer) or card.record.code
    sheet.text(sheet.left, sheet.inner - wide - 8, name, "note", "ink")
    sheet.text(sheet.right - wide, wide, zone, "note", "ink2", align=RIGHT)
    sheet.end_row("note")
    if card.rings:
        left = _left(record, now)
        sheet.icon(sheet.left, "bell", "new", row="note")
        said = tr("New · %1 left", left) if left else tr("New", about="reservation")
        sheet.text(sheet.left + 22, sheet.inner - 22, said, "note_strong", "new")
        sheet.end_row("note")
    sheet.skip()
    if card.sheet.allergies:
        _allergy(sheet, card)
    _states(sheet, card)
    if _note_row(sheet, card):
        return sheet.done()
    if card.rings and card.can_act:
        narrow = TOUCH
        sheet.button("accept", tr("Accept"), "check", "accept", width=sheet.inner - narrow - 8)
        sheet.button("reject", "", "cross", "reject", x=sheet.right - narrow, width=narrow)
        sheet.end_buttons()
    elif record.status is Status.SEATED or (card.minutes_to_due is not None and card.minutes_to_due < _TABLE_SOON):
        _step(sheet, card)
    return sheet.done()


def _order(sheet: Sheet, card: Card, expanded: bool, now: datetime) -> CardLayout:
    record = card.record
    if card.late:
        sheet.layout.border, sheet.layout.border_width = "danger", 2
    if card.off:
        sheet.layout.fill = "closedSoft"
    due = clock(record.execution_at) if record.execution_at else ""
    wide = sheet.advance(due, "code_small") if due else 0
    _code(sheet, card, sheet.right - wide - 8)
    sheet.text(sheet.right - wide, wide, due, "code_small", "ink", align=RIGHT)
    sheet.end_row("code_small")
    _type_row(sheet, card)
    if card.off:
        sheet.wrapped(sheet.left, sheet.inner, explain.cancelled(record), "strong", "danger")
        sheet.skip()
    _states(sheet, card)
    if card.sheet.allergies:
        _allergy(sheet, card)
    if card.sheet.to_collect and not card.off:
        amount = money(card.sheet.to_collect, record.currency)
        sheet.tag(tr("COLLECT %1", amount), "unpaid", fill="warnSoft", ink="warnInk")
    if expanded:
        items(sheet, card)
    if not _note_row(sheet, card):
        _step(sheet, card)
    return sheet.done()


def _code(sheet: Sheet, card: Card, right: int) -> int:
    """Code and channel; never cut: a long one takes a smaller font. Returns where they end."""
    title = card_title(card)
    short = channel_short(card.record.channel)
    font = next(
        (f for f in ("code_small", "title", "strong") if sheet.left + sheet.advance(title, f) + 40 <= right),
        "note_strong",
    )
    wide = sheet.advance(title, font)
    if sheet.left + wide + 40 > right:  # an id instead of a code: its two ends tell it apart
        wide = max(TOUCH, right - 40 - sheet.left)
        title = sheet.metrics(font).elidedText(title, Qt.TextElideMode.ElideMiddle, wide)
    rect_line = sheet.line("code_small")
    sheet.text(sheet.left, wide, title, font, "ink", struck=card.off)
    if font != "code_small":  # in the middle of the taller row
        part = sheet.layout.parts[-1]
        part.rect.setHeight(rect_line)
    return sheet.chip(sheet.left + wide + 8, short, "code_small")


def _type_row(sheet: Sheet, card: Card) -> None:
    record = card.record
    right, color, font = _when(card)
    icon = "late" if card.late else ""
    wide = sheet.advance(right, font) if right else 0
    name = card.sheet.zone if record.type is OrderType.INSIDE and card.sheet.zone else type_name(record.type)
    sheet.icon(sheet.left, TYPE_ICONS[record.type], "ink")
    room = sheet.inner - 24 - wide - (26 if icon else 8)
    sheet.text(sheet.left + 24, room, name, "body", "ink")
    if icon and right:
        sheet.icon(sheet.right - wide - 22, icon, color)
    if right:
        sheet.text(sheet.right - wide, wide, right, font, color, row="body", align=RIGHT)
    sheet.end_row("body")
    sheet.skip(4)


def _when(card: Card) -> tuple[str, str, str]:
    record, minutes = card.record, card.minutes_to_due
    if record.status.final or minutes is None:
        return "", "ink2", "note"
    if record.status is Status.DISPATCHED:
        return tr("on its way"), "ink2", "note"
    if minutes < 0:
        gone = max(1, -minutes - 1)
        if record.status is Status.READY:
            return tr("waits %n min", n=gone), "ink2", "note"
        return tr("%n min late", n=gone), "danger", "note_strong"
    if record.status is Status.READY and card.sheet.pickup_at is not None:
        return tr("rider %1", clock(card.sheet.pickup_at)), "ink2", "note"
    if minutes >= 120:
        return "", "ink2", "note"
    return tr("in %n min", n=minutes), "ink2", "note"


def _allergy(sheet: Sheet, card: Card) -> None:
    words = ", ".join(card.sheet.allergies)
    sheet.block(tr("ALLERGY: %1", words), "allergy", fill="allergy", ink="onAllergy", border="onAllergy")


def _states(sheet: Sheet, card: Card) -> None:
    """Everything that is not as it should be, each with its word and its way out."""
    record = card.record
    currency = record.currency
    differences = [explain.change_text(change, currency) for change in card.sheet.changes]
    if card.needs_person:
        title, lines = explain.trouble_title(record), [explain.what_happened(record)]
        sheet.message(title, lines, icon="error", fill="dangerSoft", ink="danger", border="danger")
        if card.can_act:
            sheet.button("resolve", tr("Resolve…"), "help", "plain")
            sheet.end_buttons()
    elif card.not_in_pos:
        sheet.tag(tr("NOT IN THE POS"), "pos", fill="dangerSoft", ink="danger")
    if record.injection is Injection.WAITING and not card.off:
        waits = tr("waits for the POS · %n min", n=card.minutes_waiting)
        sheet.block(waits, "clock", fill="warnSoft", ink="warnInk", small=True)
    if card.by_hand:
        lines = [explain.by_hand(record, mark) for mark in sorted(card.by_hand)]
        if Mark.CHANGE_BY_HAND in card.by_hand:
            lines += differences
        title = tr("Stop!") if Mark.STOP_COOKING in card.by_hand else tr("Do it in the POS by hand")
        sheet.message(title, lines, icon="warning", fill="warnSoft", ink="warnInk", border="warnInk")
    elif Mark.CHANGED in record.marks:
        sheet.message(tr("Changed"), differences, icon="edit", fill="warnSoft", ink="warnInk", border="warnInk")
    if (card.by_hand or Mark.CHANGED in record.marks) and card.can_act:
        word = tr("Done by hand") if card.by_hand - {Mark.STOP_COOKING} else tr("Seen")
        sheet.button("tick", word, "check", "plain")
        sheet.end_buttons()
    paint_closed_then(sheet, card)
    for remark in explain.remarks(record):
        sheet.block(remark, "info", fill="sunken", ink="ink", small=True)
    if record.total_difference:
        text = tr("Total does not add up: %1", money(record.total_difference, currency))
        sheet.block(text, "info", fill="sunken", ink="ink", small=True)


def items(sheet: Sheet, card: Card) -> None:
    """The lines with options and comments."""
    for line in card.sheet.lines:
        quantity = "" if line.charge else times(line.quantity)
        sheet.text(sheet.left, 32, quantity, "strong", "ink")
        sheet.wrapped(sheet.left + 32, sheet.inner - 32, line.label, "strong", "ink")
        if line.options:
            sheet.wrapped(sheet.left + 32, sheet.inner - 32, " · ".join(line.options), "note", "ink2")
        if line.comment:
            sheet.wrapped(sheet.left + 32, sheet.inner - 32, f"«{line.comment}»", "note", "ink")
        sheet.skip(2)
    if card.sheet.comment:
        sheet.wrapped(sheet.left, sheet.inner, f"«{card.sheet.comment}»", "note", "ink")
    sheet.skip()


def _note_row(sheet: Sheet, card: Card) -> bool:
    """What became of the last action; returns whether it takes the button's place."""
    note = card.note
    if note is None:
        if card.unsent and not card.link_open:
            sheet.block(tr("will be sent when the link is back"), "clock", fill="sunken", ink="ink", small=True)
        return False
    step = explain.step_name(note.step, reservation=card.record.is_reservation)
    if note.kind is NoteKind.SENDING:
        sheet.button("", tr("Sending…"), "connecting", "sending")
        sheet.end_buttons()
        return True
    if note.kind is NoteKind.FAILED:
        title = tr("«%1» could not be done", step) if step else tr("That could not be done")
        lines = [explain.said_error(note.why, note.hint)]
        sheet.message(title, lines, icon="error", fill="dangerSoft", ink="danger", border="danger")
    elif note.kind is NoteKind.CONFIRMED:
        text = tr("%1, confirmed %2", step or tr("Done"), clock(note.at, seconds=True))
        sheet.block(text, "check", fill="okSoft", ink="ok", small=True)
    elif card.unsent:
        text = tr("on its way to Sinqro") if card.link_open else tr("will be sent when the link is back")
        sheet.block(text, "clock", fill="sunken", ink="ink", small=True)
    return False


def _step(sheet: Sheet, card: Card) -> None:
    step = card.next_step
    if step is None or not card.can_act or card.off:
        return
    failed = card.note is not None and card.note.kind is NoteKind.FAILED and card.note.step is step
    text = tr("Retry") if failed else explain.step_name(step, reservation=card.record.is_reservation)
    sheet.button("step", text, "retry" if failed else STATUS_ICONS[step], "step")
    sheet.end_buttons()


def spoken_items(sheet: OrderSheet) -> str:
    """The items for a screen reader."""
    return ", ".join(f"{plain(line.quantity)} {line.label}" for line in sheet.lines)


def spoken(card: Card, now: datetime) -> str:
    """The whole card for a screen reader."""
    record, sheet = card.record, card.sheet
    parts = [
        tr("Reservation %1", record.code) if record.is_reservation else tr("Order %1", card_title(card)),
        channel_name(record, sheet),
        type_name(record.type),
    ]
    if record.execution_at is not None:
        parts.append(tr("for %1", day_and_clock(record.execution_at, now)))
    if card.rings and record.accept_by is not None:
        parts.append(tr("%1 left to accept", countdown(record.accept_by - now)))
    if sheet.allergies:
        parts.append(tr("Allergy: %1", ", ".join(sheet.allergies)))
    if card.needs_person:
        parts.append(explain.trouble_title(record))
    parts += [explain.by_hand(record, mark) for mark in sorted(card.by_hand)]
    if sheet.lines:
        parts.append(spoken_items(sheet))
    if sheet.to_collect:
        parts.append(tr("to collect %1", money(sheet.to_collect, record.currency)))
    elif sheet.prepaid:
        parts.append(tr("paid %1", money(record.total, record.currency)))
    return ". ".join(parts) + "."
