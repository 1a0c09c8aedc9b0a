"""Orders that are wanted when the restaurant is closed: pointed out, with the choices: reject, keep, call."""

from typing import Any

from app.domain.record import Mark, OrderKey, OrderRecord
from app.domain.status import Status
from app.services.sheets import OrderSheet, OrderStory
from app.ui.card_paint import Text
from app.ui.cards import lay_out
from app.ui.questions import Question
from app.ui.reject_panel import RejectPanel
from app.ui.ringing_card import RingingCard
from app.ui.theme import Look
from tests.ui.conftest import Stage
from tests.ui.scene import NOW, POINT, at, record, sheet, snapshot


def closed_then(**changes: Any) -> tuple[OrderRecord, OrderSheet]:
    known: dict[str, Any] = {"status": Status.ACCEPTED, "scheduled": True, "execution_at": at(56)}
    known |= {"channel": "web", "marks": frozenset({Mark.CLOSED_THEN})}
    return (
        record("W-121", **(known | changes)),
        sheet(customer="Pau Serra", phone="600 000 121"),
    )


def test_an_order_for_a_time_when_it_is_closed_asks_what_to_do(stage: Stage) -> None:
    stage.show(snapshot(closed_then()))
    assert stage.board is not None
    card = stage.board.card(OrderKey(POINT, "W-121"))
    assert card is not None
    stage.window.answers.act(card, "closed_then")
    panel = stage.window.overlay.panel
    assert isinstance(panel, Question)
    assert panel.title.text() == "W-121 is for a time when it is closed"
    assert "Call Pau Serra: 600 000 121." in panel.text.text()
    assert [button.text() for button in panel.buttons] == ["Cancel…", "Keep it"]
    panel.buttons[1].click()
    assert stage.calls == ["tick_off"]
    stage.window.answers.act(card, "closed_then")
    again = stage.window.overlay.panel
    assert isinstance(again, Question)
    again.buttons[0].click()
    assert isinstance(stage.window.overlay.panel, RejectPanel)


def test_its_card_and_its_details_say_so(stage: Stage, look: Look) -> None:
    stage.show(snapshot(closed_then()))
    assert stage.board is not None
    card = stage.board.card(OrderKey(POINT, "W-121"))
    assert card is not None
    painted = lay_out(card, look=look, width=200, expanded=False, now=NOW)
    said = [part.text for part in painted.parts if isinstance(part, Text)]
    assert "Closed at that time" in said
    assert [button.action for button in painted.buttons] == ["closed_then"]
    rec, text = closed_then()
    stage.companion.stories[card.key] = OrderStory(record=rec, sheet=text, history=(), unsent=0)
    stage.window.show_order(card.key)
    assert stage.window.detail is not None
    assert "Closed at that time" in stage.window.detail._trouble.text()
    assert stage.window.detail._resolve.isVisible()
    stage.window.detail._resolve.click()
    assert isinstance(stage.window.overlay.panel, Question)
    stage.window.overlay.close_panel()
    kept = closed_then(marks=frozenset({Mark.KEPT_THOUGH_CLOSED}))
    stage.show(snapshot(kept))
    card = stage.board.card(OrderKey(POINT, "W-121"))
    assert card is not None
    painted = lay_out(card, look=look, width=200, expanded=False, now=NOW)
    assert painted.buttons == []
    assert "Kept, though it is closed then" in [part.text for part in painted.parts if isinstance(part, Text)]


def test_a_ringing_one_says_so_above_its_answers(stage: Stage) -> None:
    stage.show(snapshot(closed_then(status=Status.PENDING, scheduled=False, accept_by=at(2))))
    ringing = stage.window.findChildren(RingingCard)
    assert [card._trouble.text() for card in ringing if card.isVisible()] == ["Closed at that time"]
