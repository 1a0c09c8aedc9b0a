"""What is wrong with the hours, in the user's words."""

from collections.abc import Callable
from datetime import date

from app.domain.schedule_check import ScheduleFault
from app.ui.schedule_words import date_short, day_name
from app.ui.words import tr, type_name


def fault_text(fault: ScheduleFault) -> str:
    """One sentence; what is not known here stays as the core says it."""
    where = _where(fault)
    known: dict[str, Callable[[], str]] = {
        "OVERLAP": lambda: tr("%1: two ranges overlap. Shorten or delete one.", where),
        "TWO_EXCEPTIONS": lambda: tr("%1: there are two exceptions. Keep one.", where),
        "TOO_MANY": lambda: tr("There are too many ranges in the week."),
    }
    return known[fault.code]() if fault.code in known else f"{fault.sentence} {fault.hint}".strip()


def same_fault(fault: ScheduleFault) -> tuple[str, object, object]:
    """What stays of it when others are put before it."""
    return fault.code, fault.day, fault.order_type


def _where(fault: ScheduleFault) -> str:
    if isinstance(fault.day, date):
        said = date_short(fault.day)
    else:
        said = day_name(fault.day) if fault.day is not None else tr("Hours")
    return f"{said} ({type_name(fault.order_type)})" if fault.order_type is not None else said
