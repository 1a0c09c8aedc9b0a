"""What the tests of the windows share: one look, a clock that stands, and an Orders window between fakes."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.services.snapshot import Snapshot
from app.ui.answers import Answers, Watch, answer
from app.ui.board import Board, build
from app.ui.desk import Desk
from app.ui.orders_window import OrdersWindow
from app.ui.theme import Look
from tests.ui.scene import Clock, FakeCompanion, StraightBridge


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/ui/" in item.path.as_posix():
            # What the offscreen screen says of every window with a smallest size; no fault of ours.
            item.add_marker(
                pytest.mark.qt_log_ignore(
                    "plugin does not support (propagateSizeHints|raise)|systemTrayWindowChanged", extend=True
                )
            )


@pytest.fixture(autouse=True)
def in_english(qapp: QApplication) -> Iterator[None]:
    """Numbers and days as in English, whatever this machine speaks."""
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    yield
    QLocale.setDefault(before)


@pytest.fixture(scope="session")
def shared_look(qapp: QApplication) -> Look:
    """One for all: a style sheet for the whole application takes its time."""
    qapp.setStyle("Fusion")
    made = Look(dark=False)
    made.apply()
    return made


@pytest.fixture
def look(shared_look: Look) -> Iterator[Look]:
    yield shared_look
    if shared_look.theme.dark:
        shared_look.set_dark(False)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def companion() -> FakeCompanion:
    return FakeCompanion()


@pytest.fixture
def bridge(qapp: QApplication) -> StraightBridge:
    return StraightBridge()


@pytest.fixture
def desk(bridge: StraightBridge, companion: FakeCompanion, clock: Clock) -> Desk:
    return Desk(bridge=bridge, companion=companion.as_companion, now=clock)


class Stage:
    """An Orders window that is shown snapshots as the shell does."""

    def __init__(
        self, *, look: Look, desk: Desk, clock: Clock, companion: FakeCompanion, sandbox: bool = False
    ) -> None:
        self.desk = desk
        self.clock = clock
        self.companion = companion
        self.watch = Watch()
        self.window = OrdersWindow(look=look, desk=desk, watch=self.watch, sandbox=sandbox)
        self.board: Board | None = None
        self.answers: Answers | None = None
        self._snapshot: Snapshot | None = None
        desk.notes_changed.connect(self.again)

    def show(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.watch.see(snapshot)
        self.desk.took_snapshot(snapshot)
        self.again()

    def again(self) -> None:
        assert self._snapshot is not None
        board = build(self._snapshot, self.clock(), self.desk.notes)
        self.board, self.answers = board, answer(board, self.watch, self.clock())
        self.window.show_board(self.board, self.answers)

    @property
    def calls(self) -> list[str]:
        """The names of what the companion was told to do."""
        return [str(call[0]) for call in self.companion.calls]


@pytest.fixture
def stage(qtbot: QtBot, look: Look, desk: Desk, clock: Clock, companion: FakeCompanion) -> Stage:
    made = Stage(look=look, desk=desk, clock=clock, companion=companion)
    qtbot.addWidget(made.window)
    made.window.show()
    qtbot.waitExposed(made.window)
    return made
