"""The alarm of the tray: takes snapshots, lets what must ring be heard, and flashes when nobody comes.

A snapshot comes in (:meth:`Alarm.show`) → :mod:`app.services.ringing` says what rings and how loud → the speaker plays
it again and again → after 75 s, or at once where nothing can be heard, the full-screen alarm is shown. It ends with the
snapshot in which somebody has answered. What it does is told by signals, for the header and the tray.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.domain.record import OrderKey
from app.ports.alarm import AlarmSettings, AlarmTest, Speaker
from app.services.snapshot import Snapshot


class Alarm(QObject):
    """Lives in the GUI thread, with all windows closed too."""

    ringing = Signal(str, object)
    """What is called for changed: the reason (:class:`~app.services.ringing.Reason`) and the order's key or None."""
    silent = Signal()
    """Nothing rings any more."""
    no_device = Signal(str)
    """Nothing can be heard, and why: the header says so, and orders flash from the first second."""
    device_back = Signal(str)
    """It can be heard again, through the device of this name."""
    tested = Signal(object)
    """The :class:`~app.ports.alarm.AlarmTest` that :meth:`test` came to, or that :meth:`heard` changed: to be kept."""

    accept_asked = Signal(object)
    """Accept with the standard minutes was pressed on the full-screen alarm: the order's key."""
    reject_asked = Signal(object)
    """Reject was pressed there: open its panel."""
    view_asked = Signal(object)
    """View was pressed there: open the order; the full-screen alarm comes back after 20 s."""

    def __init__(
        self,
        *,
        settings: AlarmSettings,
        speaker: Speaker,
        now: Callable[[], datetime],
        last_test: AlarmTest | None = None,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._speaker = speaker
        self._now = now
        self.last_test = last_test
        """The newest test, for the menu ("Test the alarm (today 19:52, good)")."""

    def show(self, snapshot: Snapshot) -> None:
        """Take a snapshot: what is answered in it falls silent at once, what is new rings at once."""

    def lower(self, key: OrderKey) -> None:
        """A panel for this order is open, or was touched: it rings at 30 % for 20 s, without the full screen."""

    def restore(self, key: OrderKey) -> None:
        """The panel was closed."""

    def seen(self, key: OrderKey) -> None:
        """A person saw that this scheduled order is due."""

    def test(self) -> None:
        """Play the sound of a new order; what it came to is told by :attr:`tested`."""

    def heard(self, heard: bool) -> None:
        """The person who tested says whether it was heard."""

    def close(self) -> None:
        """The end: silent, and the device given back."""
