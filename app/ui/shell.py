"""The program on the screen: tray or small window, the Orders window when it is open, notifications, the alarm.

Snapshots and actions come in → one board → everything that shows it. With all windows closed only the tray, or else the
small window, is left; a timer runs while there is something to count down.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain.record import OrderKey
from app.ports.alarm import AlarmTest
from app.services.manager_pin import ManagerPin
from app.services.snapshot import Snapshot
from app.ui.alarm import Alarm
from app.ui.answers import Answers, TrayState, Watch, answer
from app.ui.board import STANDARD_MINUTES, Board, Lane, build
from app.ui.bridge import Bridge
from app.ui.desk import Desk
from app.ui.front_door import FrontDoor
from app.ui.mini_place import MiniPlace
from app.ui.notifications import Notifications, new_orders
from app.ui.placement import Places
from app.ui.schedule_place import SchedulePlace
from app.ui.theme import Look
from app.ui.tray import Tray
from app.ui.tray_menu import TrayMenu
from app.ui.words import day_and_clock, tr

if TYPE_CHECKING:  # windows are loaded when they are opened: the idle tray starts without them
    from app.ui.mini_window import MiniWindow
    from app.ui.orders_window import OrdersWindow
    from app.ui.panel import Overlay
    from app.ui.schedule_holidays import Holidays


class Shell(QObject):
    """``tray`` is not started yet; :meth:`start` shows what there is to see."""

    quit_now = Signal()
    """A person wants to quit, and knows of the orders that are open."""

    def __init__(
        self,
        *,
        look: Look,
        bridge: Bridge,
        desk: Desk,
        places: Places,
        sandbox: bool,
        menu: TrayMenu,
        tray: Tray,
        notifications: Notifications | None = None,
        pin: Callable[[], ManagerPin | None] = lambda: None,
        holidays: "Callable[[], Holidays] | None" = None,
    ) -> None:
        super().__init__()
        self._look = look
        self._desk = desk
        self._places = places
        self._sandbox = sandbox
        self._now: Callable[[], datetime] = desk.now
        self.watch = Watch()
        self.menu = menu
        self.tray = tray
        self.notifications = notifications or Notifications(fall_back=tray.message)
        self.door = FrontDoor(look=look, desk=desk, places=places, notifications=self.notifications, pin=pin)
        self.schedule = SchedulePlace(
            look=look,
            desk=desk,
            places=places,
            sandbox=sandbox,
            guard=lambda act: self.door.guarded(act, tr("The hours are about to be changed.")),
            holidays=holidays,
        )
        self.orders: OrdersWindow | None = None
        self._mini = MiniPlace(look=look, places=places, sandbox=sandbox)
        self._alarm: Alarm | None = None
        self._snapshot: Snapshot | None = None
        self._board: Board | None = None
        self._answers: Answers | None = None
        self._known: set[OrderKey] | None = None
        self._tested = ""
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._rebuild)
        bridge.snapshot_changed.connect(self._take)
        bridge.loop_died.connect(self._died)
        desk.notes_changed.connect(self._soon.start)
        self.door.time_passed.connect(self._soon.start)
        self.door.schedule_asked.connect(self.open_schedule)
        self.schedule.open_asked.connect(lambda: self.door.open_switch(self._overlay()))
        self.door.overlay_wanted.connect(lambda show: show(self._overlay()))
        for place in (self._mini, self.schedule):
            place.orders_asked.connect(self.open_orders)
            place.menu_asked.connect(self._show_menu)
        self._mini.accepted.connect(lambda card: self._accept(card.key))
        self._mini.viewed.connect(lambda card: self.open_order(card.key))
        self._mini.rejected.connect(lambda card: self._reject(card.key))
        menu.orders_asked.connect(self.open_orders)
        menu.schedule_asked.connect(self.open_schedule)
        menu.pause_asked.connect(self.door.pause)
        menu.open_asked.connect(self.door.open_now)
        menu.busy_asked.connect(lambda: self.door.open_busy(self._overlay()))
        menu.pin_asked.connect(lambda: self.door.open_pin(self._overlay()))
        menu.quit_asked.connect(self.ask_to_quit)
        menu.test_asked.connect(self._test_alarm)
        menu.test.setVisible(False)
        tray.opened.connect(self.open_orders)
        tray.hosted.connect(self._hosted)

    def use_alarm(self, alarm: Alarm) -> None:
        """Let it ring; its buttons work like those of the windows."""
        self._alarm = alarm
        alarm.accept_asked.connect(self._accept)
        alarm.reject_asked.connect(self._reject)
        alarm.view_asked.connect(self.open_order)
        alarm.no_device.connect(self._no_sound)
        alarm.device_back.connect(lambda _: self._no_sound(""))
        alarm.tested.connect(self._alarm_tested)
        self.menu.test.setVisible(True)
        if alarm.last_test is not None:
            self._say_test(alarm.last_test)

    def start(self) -> None:
        """Show the tray's icon, or the small window."""
        self.tray.start()

    def close(self) -> None:
        """The end of all windows."""
        self._second.stop()
        if self._alarm is not None:
            self._alarm.close()
        if self.orders is not None:
            self.orders.close()
        self.schedule.close()
        self._mini.drop()
        self.tray.close()

    # news

    def _take(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.watch.see(snapshot)
        self._desk.took_snapshot(snapshot)
        if self._alarm is not None:
            self._alarm.show(snapshot)
        self._rebuild()

    def _rebuild(self) -> None:
        if self._snapshot is None:
            return
        now = self._now()
        self._board = board = build(self._snapshot, now, self._desk.notes)
        self._answers = answers = answer(board, self.watch, now)
        self.tray.show_state(answers.tray, answers.count, answers.sentence)
        self.menu.show_answers(board, answers)
        self.door.take(board, answers.states)
        self.menu.show_states(answers.states, now)
        self._mini.show_board(board, answers, now)
        if self.orders is not None:
            self.orders.show_board(board, answers)
        self.schedule.show_board(board, answers)
        self._tell_new(board)
        self._pace(board)

    def _pace(self, board: Board) -> None:
        """Seconds are counted only while somebody sees them, or an order runs out."""
        needed = bool(board.ringing) or any((self.orders, self.schedule.window, self.mini))
        if needed != self._second.isActive():
            self._second.start() if needed else self._second.stop()

    def _tick(self) -> None:
        now = self._now()
        if self.orders is not None:
            self.orders.tick()
        self.schedule.tick()
        minute = self._board is not None and now.second == 0
        waiting = self._board is not None and (self._board.ringing or not self._board.snapshot.outlets)
        if minute or waiting:
            self._rebuild()

    def _tell_new(self, board: Board) -> None:
        """A notification for what is new while nobody looks at the Orders window."""
        ringing = {card.key: card for card in board.ringing}
        before, self._known = self._known, set(ringing)
        looking = self.orders is not None and self.orders.isActiveWindow()
        if before is None or looking:
            return
        new = [card for key, card in ringing.items() if key not in before]
        if new:
            self.notifications.tell(*new_orders(new))

    def _died(self, why: str) -> None:
        """The loop is dead: the tray turns red, and everything that can be seen says so."""
        self.watch.dead = why or tr("unknown reason")
        self.notifications.tell(tr("The program has stopped working"), tr("Quit it and start it again."))
        if self._snapshot is not None:
            self._rebuild()
        else:
            sentence = f"Sinqro Companion: {tr('The program has stopped working')}. {self.watch.dead}"
            self.tray.show_state(TrayState.ERROR, 0, sentence)
            self.menu.open_line.setText(sentence)
            self._mini.show_dead(self.watch.dead)
            if self.orders is not None:
                self.orders.show_dead(self.watch.dead)

    # windows

    def open_orders(self) -> None:
        """Bring the Orders window up; a person asked for it."""
        if self.orders is None:
            from app.ui.orders_window import OrdersWindow

            window = OrdersWindow(look=self._look, desk=self._desk, watch=self.watch, sandbox=self._sandbox)
            window.menu_asked.connect(self._show_menu)
            window.open_asked.connect(lambda: self.door.open_switch(self._overlay()))
            window.schedule_asked.connect(self.open_schedule)
            window.test_asked.connect(self._test_alarm)
            if self._alarm is not None:
                window.panel_touched.connect(self._alarm.lower)
                window.panel_closed.connect(self._alarm.restore)
            window.closed.connect(self._orders_closed)
            window.page.alarm_tested = self._tested
            window.page.can_test = self._alarm is not None
            self._places.restore("orders", window)
            self.orders = window
            if self.watch.dead and self._snapshot is None:
                window.show_dead(self.watch.dead)
        window = self.orders
        window.show()
        window.raise_()
        window.activateWindow()
        if self._board is not None and self._answers is not None:
            window.show_board(self._board, self._answers)
            self._pace(self._board)

    def open_schedule(self) -> None:
        """Bring the Schedule window up."""
        window = self.schedule.open()
        if self._board is not None and self._answers is not None:
            window.show_board(self._board, self._answers)
            self._pace(self._board)

    def _overlay(self) -> "Overlay":
        """Where a panel opens: over the window that is in use, else over Orders."""
        schedule = self.schedule.window
        if schedule is not None and (schedule.isActiveWindow() or self.orders is None):
            return schedule.overlay
        self.open_orders()
        assert self.orders is not None
        return self.orders.overlay

    def open_order(self, key: OrderKey) -> None:
        """One order's details."""
        self.open_orders()
        if self.orders is not None:
            self.orders.show_order(key)
        if self._alarm is not None:
            self._alarm.seen(key)

    def _accept(self, key: OrderKey) -> None:
        card = self._board.card(key) if self._board is not None else None
        if card is not None and card.record.is_reservation:
            self._desk.accept_reservation(key)
        else:
            self._desk.accept(key, card.minutes if card is not None else STANDARD_MINUTES)

    def _reject(self, key: OrderKey) -> None:
        self.open_orders()
        if self.orders is not None:
            self.orders.answers.open_reject(key)

    def _orders_closed(self) -> None:
        window, self.orders = self.orders, None
        if window is not None:
            self._places.keep("orders", window)
            window.deleteLater()  # a closed window costs no memory

    @property
    def mini(self) -> "MiniWindow | None":
        """The small window, while it takes the tray's place."""
        return self._mini.window

    def _hosted(self, hosted: bool) -> None:
        if hosted:
            if self._mini.drop():
                self.notifications.tell("Sinqro Companion", tr("The small window is now the icon in the tray."))
        elif self.mini is None:
            self._mini.open()
            self._rebuild()

    def _show_menu(self, button: object) -> None:
        if isinstance(button, QWidget):
            size = self.menu.menu.sizeHint()
            corner = button.mapToGlobal(QPoint(button.width() - size.width(), button.height()))
            self.menu.menu.popup(corner)

    # the alarm

    def _no_sound(self, why: str) -> None:
        self.watch.no_sound = why
        self._rebuild()

    def _test_alarm(self) -> None:
        if self._alarm is not None:
            self.open_orders()
            self._alarm.test()

    def _alarm_tested(self, test: AlarmTest) -> None:
        self._places.keep_text("alarm/test", msgspec.json.encode(test).decode())
        self._say_test(test)
        if test.heard is None and self.orders is not None and self._alarm is not None:
            from app.ui import questions

            alarm = self._alarm
            question = questions.alarm_tested(test, look=self._look, heard=alarm.heard)
            self.orders.overlay.open(question)

    def _say_test(self, test: AlarmTest) -> None:
        when = day_and_clock(test.at, self._now())
        good = tr("%1, good", when) if test.good else tr("%1, not heard", when)
        self.menu.show_test(good)
        self._tested = tr("Last test: %1.", good)
        if self.orders is not None:
            self.orders.page.alarm_tested = self._tested

    # the end

    def ask_to_quit(self) -> None:
        """Quit at once when nothing is open, else ask."""
        board = self._board
        lanes = (Lane.NEW, Lane.KITCHEN, Lane.READY)
        running = sum(board.count(lane) for lane in lanes) if board is not None and not self.watch.dead else 0
        if not running:
            self.quit_now.emit()
            return
        from app.ui import questions

        self.open_orders()
        if self.orders is not None:
            self.orders.overlay.open(questions.quit_question(running, look=self._look, leave=self.quit_now.emit))
