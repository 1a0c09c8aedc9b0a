"""The POS's statuses and ours, by the profile's ``[status]``."""

from adapters.rest.capabilities import written
from adapters.rest.program import Program
from app.domain.errors import PosNoSuchStatus, PosRefused
from app.domain.status import Status


class StatusWords:
    """Both directions, for orders and reservations."""

    def __init__(self, program: Program) -> None:
        self._order = program.profile.status.order
        self._booking = program.profile.status.reservation
        self._to_order = written(self._order)
        self._to_booking = written(self._booking)
        self._own = bool(self._booking.read or self._booking.write)
        """Reservations have statuses of their own."""
        self._reservation_when = program.reservation_when

    def read(self, code: str, ident: str, kind: str = "") -> Status | None:
        """Our status of the POS's ``code``; ``None`` for one that is not in the map. ``kind``: the result's type."""
        if self._is_booking(ident, kind):
            return self._booking.read.get(code)
        found = self._order.read.get(code)
        return found if found is not None or self._known(kind) else self._booking.read.get(code)

    def write(self, status: Status, ident: str) -> str:
        """The POS's code. Raises ``PosNoSuchStatus`` for a step that it does not have, ``PosRefused`` for no step."""
        booking = self._is_booking(ident, "")
        words, codes = (self._booking, self._to_booking) if booking else (self._order, self._to_order)
        code = codes.get(status)
        if code is None and not booking and not self._known(""):
            code = self._to_booking.get(status)
        if code is not None:
            return code
        if status in words.missing:
            raise PosNoSuchStatus(f"the POS has no step {status.value}")
        raise PosRefused(f"the POS has no status for {status.value} of {ident}", code="INVALID_TRANSITION")

    def _known(self, kind: str) -> bool:
        """Whether what it is, is told by other things than its status."""
        return self._reservation_when is not None or bool(kind)

    def _is_booking(self, ident: str, kind: str) -> bool:
        if not self._own:
            return False
        if kind:
            return kind == "reservation"
        return self._reservation_when is not None and self._reservation_when.evaluate({"id": ident}) is True
