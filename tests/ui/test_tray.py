"""The tray: made when a host appears, dropped and made anew with it, its frames, its menu; the small window."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from app.domain.availability import Busy, Closing, ClosingSource
from app.domain.status import OrderType
from app.ports.sinqro import Role
from app.ui.answers import TrayState, Watch, answer
from app.ui.board import build
from app.ui.mini_window import MiniWindow
from app.ui.open_state import read_states
from app.ui.pause_wish import PauseWish
from app.ui.theme import Look
from app.ui.tray import Tray
from app.ui.tray_menu import TrayMenu
from app.ui.words import clock
from tests.ui.scene import NOW, evening, order_482, record, snapshot, week_of_the_picture


class Host:
    def __init__(self, *, there: bool) -> None:
        self.there = there

    def __call__(self) -> bool:
        return self.there


@pytest.fixture
def menu(look: Look) -> TrayMenu:
    return TrayMenu(look=look)


def tray_with(look: Look, host: Host, *, still: bool = False) -> Tray:
    return Tray(look=look, menu=QMenu(), sandbox=True, available=host, still=still)


def test_the_icon_comes_and_goes_with_its_host(look: Look) -> None:
    host = Host(there=False)
    tray = tray_with(look, host)
    told: list[bool] = []
    tray.hosted.connect(told.append)
    tray.start()
    assert told == [False]
    assert not tray.has_host
    host.there = True
    tray.look_for_host()
    assert told == [False, True]
    first = tray.icon
    host.there = False
    tray.look_for_host()
    host.there = True
    tray.look_for_host()
    assert told == [False, True, False, True]
    assert tray.icon is not None
    assert tray.icon is not first, "made anew"
    tray.close()


def test_state_and_sentence_outlive_the_host(look: Look) -> None:
    host = Host(there=False)
    tray = tray_with(look, host)
    tray.show_state(TrayState.NEW, 3, "Sinqro Companion: 3 to answer")
    host.there = True
    tray.look_for_host()
    assert tray.icon is not None
    assert tray.icon.toolTip() == "Sinqro Companion: 3 to answer"
    assert not tray.icon.icon().isNull()
    tray.close()


def test_two_frames_while_an_order_rings_and_no_timer_else(look: Look) -> None:
    tray = tray_with(look, Host(there=True))
    tray.start()
    tray.show_state(TrayState.NEW, 1, "")
    assert tray._frames.isActive()
    assert tray._frames.interval() >= 1000, "no flicker"
    before = tray._second
    tray._next_frame()
    assert tray._second is not before
    tray.show_state(TrayState.CONNECTED, 0, "")
    assert not tray._frames.isActive()
    tray.close()
    calm = tray_with(look, Host(there=True), still=True)
    calm.show_state(TrayState.NEW, 1, "")
    assert not calm._frames.isActive()


def test_a_left_or_double_click_opens(look: Look) -> None:
    tray = tray_with(look, Host(there=True))
    tray.start()
    opened: list[bool] = []
    tray.opened.connect(lambda: opened.append(True))
    assert tray.icon is not None
    for reason in (
        QSystemTrayIcon.ActivationReason.Trigger,
        QSystemTrayIcon.ActivationReason.DoubleClick,
        QSystemTrayIcon.ActivationReason.Context,
    ):
        tray.icon.activated.emit(reason)
    assert opened == [True, True]
    tray.close()


def test_the_menu_is_text_icon_and_tick_only(menu: TrayMenu) -> None:
    board = build(snapshot(*evening(), schedule=week_of_the_picture()), NOW, {})
    menu.show_answers(board, answer(board, Watch(), NOW))
    menu.show_test("today 19:52, good")
    menu.show_states(read_states(board.snapshot, NOW), NOW)
    texts = [action.text() for action in menu.menu.actions() if not action.isSeparator() and action.isVisible()]
    closes = clock(datetime(2026, 12, 4, 23, 30, tzinfo=UTC))
    opens = clock(datetime(2026, 12, 5, 12, 0, tzinfo=UTC))
    later = [clock(NOW + timedelta(minutes=minutes)) for minutes in (20, 40, 60)]
    assert texts == [
        f"Open: closes {closes}",
        f"Close 20 min (until {later[0]})",
        f"Close for a while (today until {closes})",
        "Much to do…",
        "3 new: 2 orders, 1 reservations",
        "6 running: 4 in the kitchen, 2 ready",
        "Orders…",
        "Hours…",
        "Test the alarm (today 19:52, good)",
        "Manager's PIN…",
        "Quit…",
    ]
    choices = [action.text() for action in menu.pause.actions() if action.isVisible()]
    assert choices == [
        f"20 min (until {later[0]})",
        f"40 min (until {later[1]})",
        f"1 hour (until {later[2]})",
        f"Until tomorrow {opens}",
        "Until I open",
    ]
    assert all(not action.icon().isNull() for action in menu.menu.actions() if not action.isSeparator())


def test_entries_of_other_windows_come_below_orders(menu: TrayMenu) -> None:
    opened: list[bool] = []
    menu.add("settings", "Settings…", lambda: opened.append(True)).trigger()
    texts = [action.text() for action in menu.menu.actions()]
    assert texts.index("Settings…") == texts.index("Hours…") + 1
    assert opened == [True]


def shown(menu: TrayMenu, **outlet: object) -> list[str]:
    """What can be pressed of open and closed."""
    menu.show_states(read_states(snapshot(**outlet), NOW), NOW)  # type: ignore[arg-type]
    parts = {"open": menu.open_now, "20": menu.short, "more": menu.pause.menuAction(), "busy": menu.busy}
    return [name for name, action in parts.items() if action.isVisible()]


def test_what_can_be_pressed_while_open_and_closed(menu: TrayMenu) -> None:
    def closing(**changes: object) -> Closing:
        known = {"id": "c", "source": ClosingSource.STAFF, "since": NOW, "until": None}
        return Closing(**(known | changes))  # type: ignore[arg-type]

    assert shown(menu) == ["20", "more", "busy"]
    assert shown(menu, closings=(closing(),)) == ["open", "busy"]
    assert shown(menu, closings=(closing(order_types=(OrderType.DELIVERY,)),)) == ["open", "20", "more", "busy"]
    assert shown(menu, closings=(closing(source=ClosingSource.POS),)) == ["busy"], "others' are no touch to lift"
    assert shown(menu, role=Role.VIEWER, taken_by="CAJA-2") == [], "another machine is in charge"
    menu.show_states((), None)
    assert not menu.short.isVisible()


def test_closing_for_20_minutes_is_one_entry_of_the_menu(menu: TrayMenu) -> None:
    shown(menu)
    wishes: list[PauseWish] = []
    menu.pause_asked.connect(wishes.append)
    menu.short.trigger()
    for choice in menu.choices:
        choice.trigger()
    assert wishes == [
        PauseWish(minutes=20),
        PauseWish(minutes=20),
        PauseWish(minutes=40),
        PauseWish(minutes=60),
        PauseWish(until_opening=True),
        PauseWish(),
    ]


@pytest.mark.qt_log_ignore("does not support (grabbing the keyboard|raise)", extend=True)
def test_an_open_menu_stays_as_it_is(menu: TrayMenu, qtbot: QtBot) -> None:
    shown(menu)
    menu.menu.popup(QPoint(0, 0))
    qtbot.waitUntil(menu.menu.isVisible)
    height = menu.menu.height()
    assert shown(menu, role=Role.VIEWER, taken_by="CAJA-2") == ["20", "more", "busy"]
    assert menu.menu.height() == height
    menu.menu.close()
    qtbot.waitUntil(lambda: not menu.short.isVisible())


def test_busy_stands_in_the_menu_with_what_is_left(menu: TrayMenu) -> None:
    until = NOW + timedelta(minutes=46)
    shown(menu, busy=Busy(extra_minutes=20, until=until))
    assert menu.busy.text() == f"Much to do: +20 min until {clock(until)} (46 min left)"


# the small window


@pytest.fixture
def mini(qtbot: QtBot, look: Look) -> MiniWindow:
    made = MiniWindow(look=look, sandbox=False)
    qtbot.addWidget(made)
    made.show()
    return made


def show(mini: MiniWindow, *orders: object, **more: object) -> None:
    shown = snapshot(*orders, **more)  # type: ignore[arg-type]
    board = build(shown, NOW, {})
    mini.show_board(board, answer(board, Watch(), NOW), NOW)
    QApplication.processEvents()


def test_it_grows_by_the_buttons_while_an_order_rings(mini: MiniWindow) -> None:
    show(mini)
    small = mini.height()
    assert mini.width() == 300
    assert mini.todo.text_shown == "Nothing waiting · no orders running"
    show(mini, order_482())
    assert mini.height() > small + 100
    assert mini.todo.text_shown == "482 · Glovo · 2:12 left to accept"
    assert mini.allergy.isVisible()
    asked: list[str] = []
    mini.accepted.connect(lambda card: asked.append(f"accept {card.record.code}"))
    mini.viewed.connect(lambda card: asked.append(f"view {card.record.code}"))
    mini.rejected.connect(lambda card: asked.append(f"reject {card.record.code}"))
    for button in (mini.accept, mini.view, mini.reject):
        button.click()
    assert asked == ["accept 482", "view 482", "reject 482"]
    show(mini)
    assert mini.height() == small


def test_it_cannot_be_closed(mini: MiniWindow) -> None:
    show(mini, record("1"))
    mini.close()
    assert mini.isVisible()


def test_the_small_window_comes_back_whole_onto_its_screen(mini: MiniWindow, qtbot: QtBot) -> None:
    room = mini.screen().availableGeometry()
    show(mini)
    mini.hide()
    mini.move(room.right() - 40, room.bottom() - 40)
    mini.show()
    qtbot.waitUntil(lambda: room.contains(mini.frameGeometry()))
    show(mini, order_482())
    qtbot.waitUntil(lambda: room.contains(mini.frameGeometry()))


def test_the_sandbox_s_words_fit_into_the_small_window(qtbot: QtBot, look: Look) -> None:
    made = MiniWindow(look=look, sandbox=True)
    qtbot.addWidget(made)
    (words,) = [label for label in made.findChildren(QLabel) if "SANDBOX" in label.text()]
    assert words.text() == "SANDBOX\norders are not real"
    assert words.sizeHint().width() <= made.width() - 24
