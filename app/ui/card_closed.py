"""An order that is wanted when the restaurant is closed, as its card says it."""

from app.domain.record import Mark, OrderRecord
from app.ui.board import Card
from app.ui.card_paint import Sheet
from app.ui.words import tr


def meets_closed_door(record: OrderRecord) -> bool:
    """Whether somebody must decide: it is marked, and nobody has kept it."""
    return Mark.CLOSED_THEN in record.marks and not record.status.final


def paint_closed_then(sheet: Sheet, card: Card) -> None:
    """The box on the card, with its way out."""
    if not meets_closed_door(card.record) or card.off:
        return
    sheet.message(tr("Closed at that time"), [], icon="moon", fill="warnSoft", ink="warnInk", border="warnInk")
    if card.can_act and not card.rings:  # a ringing one has its answers already
        sheet.button("closed_then", tr("Decide…"), "help", "plain")
        sheet.end_buttons()
