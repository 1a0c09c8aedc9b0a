"""Words and numbers as staff read them: translated texts, money, times, and the names of channels, types and statuses.

Texts are English here; ``resources/translations`` has the other languages, all in the one context ``Companion``.
``%1`` … are filled in by :func:`tr`, ``%n`` is a count with its plural forms.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from app.domain.record import OrderRecord
from app.domain.status import OrderType, Status
from app.services.sheets import OrderSheet

CONTEXT = "Companion"

_SHORT_NAMES = {"glovo": "GL", "ubereats": "UE", "uber": "UE", "justeat": "JE", "web": "WB", "sinqro": "WB"}
_CHANNELS = {"glovo": "Glovo", "ubereats": "Uber Eats", "uber": "Uber Eats", "justeat": "Just Eat"}


def tr(text: str, *parts: object, n: int = -1, about: str = "") -> str:
    """``text`` in the user's language, ``%1`` … replaced by ``parts`` and ``%n`` by ``n``.

    ``about`` tells apart what is one word in English and two elsewhere.
    """
    said = QCoreApplication.translate(CONTEXT, text, about or None, n)
    for number, part in enumerate(parts, 1):
        said = said.replace(f"%{number}", str(part))
    return said


def money(amount: Decimal, currency: str) -> str:
    """An amount as the user's locale writes it."""
    symbol = {"EUR": "€", "GBP": "£", "USD": "$"}.get(currency, currency)
    return QLocale().toCurrencyString(float(amount), symbol)


def plain(number: Decimal) -> str:
    """A quantity without needless zeros."""
    return f"{number.normalize():f}"


def times(number: Decimal) -> str:
    """A quantity before a dish."""
    return f"{plain(number)}×"  # noqa: RUF001 - the sign of the drawn card


def clock(moment: datetime, *, seconds: bool = False) -> str:
    """A time of day, local."""
    return f"{moment.astimezone():%H:%M:%S}" if seconds else f"{moment.astimezone():%H:%M}"


def day_and_clock(moment: datetime, now: datetime) -> str:
    """A time, with its weekday when it is not of today."""
    local = moment.astimezone()
    if local.date() == now.astimezone().date():
        return f"{local:%H:%M}"
    name = QLocale().toString(QDate(local.year, local.month, local.day), "ddd").rstrip(".")
    return f"{name} {local:%H:%M}"


def coming(moment: datetime, now: datetime) -> str:
    """When something will be: within half a day everybody knows which, past midnight too."""
    return clock(moment) if moment - now < timedelta(hours=12) else day_and_clock(moment, now)


def long_day_and_clock(moment: datetime, now: datetime) -> str:
    """The same, the weekday in full."""
    local = moment.astimezone()
    if local.date() == now.astimezone().date():
        return f"{local:%H:%M}"
    return f"{QLocale().toString(QDate(local.year, local.month, local.day), 'dddd')} {local:%H:%M}"


def countdown(left: timedelta) -> str:
    """Minutes and seconds; zero when it is over."""
    total = max(0, int(left.total_seconds()))
    return f"{total // 60}:{total % 60:02d}"


def channel_short(code: str) -> str:
    """The two letters of a channel."""
    return _SHORT_NAMES.get(code.replace(" ", "").replace("_", ""), code[:2].upper())


def channel_name(record: OrderRecord, sheet: OrderSheet | None = None) -> str:
    """The channel's own name."""
    if sheet is not None and sheet.channel_name:
        return sheet.channel_name
    return channel_code_name(record.channel)


def channel_code_name(code: str) -> str:
    """A channel by its code."""
    return tr("Own website") if code in ("web", "sinqro") else _CHANNELS.get(code, code.replace("_", " ").title())


def type_name(order_type: OrderType) -> str:
    """What kind of order it is."""
    names: dict[OrderType, Callable[[], str]] = {
        OrderType.DELIVERY: lambda: tr("Delivery"),
        OrderType.COLLECTION: lambda: tr("Collection"),
        OrderType.INSITU: lambda: tr("Eat here"),
        OrderType.INSIDE: lambda: tr("Table"),
        OrderType.RESERVATION: lambda: tr("Reservation"),
    }
    return names[order_type]()


TYPE_ICONS = {
    OrderType.DELIVERY: "delivery",
    OrderType.COLLECTION: "collection",
    OrderType.INSITU: "on-premises",
    OrderType.INSIDE: "table",
    OrderType.RESERVATION: "reservation",
}

STATUS_ICONS = {
    Status.PENDING: "bell",
    Status.ACCEPTED: "check",
    Status.IN_PREPARATION: "kitchen",
    Status.READY: "ready",
    Status.DISPATCHED: "delivery",
    Status.SEATED: "table",
    Status.COMPLETED: "check",
    Status.REJECTED: "cross",
    Status.CANCELLED: "cross",
    Status.NO_SHOW: "cross",
}


def status_name(status: Status) -> str:
    """A status in the kitchen's words."""
    names: dict[Status, Callable[[], str]] = {
        Status.PENDING: lambda: tr("Not answered"),
        Status.ACCEPTED: lambda: tr("Accepted"),
        Status.IN_PREPARATION: lambda: tr("In the kitchen"),
        Status.READY: lambda: tr("Ready"),
        Status.DISPATCHED: lambda: tr("On its way"),
        Status.SEATED: lambda: tr("Seated"),
        Status.COMPLETED: lambda: tr("Done"),
        Status.REJECTED: lambda: tr("Rejected"),
        Status.CANCELLED: lambda: tr("Cancelled"),
        Status.NO_SHOW: lambda: tr("No-show"),
    }
    return names[status]()


def kind(record: OrderRecord, sheet: OrderSheet) -> str:
    """Type with the rider or table, as a ringing card says it."""
    if record.type is OrderType.INSIDE:
        return " · ".join(part for part in (tr("Table %1", sheet.table) if sheet.table else "", sheet.zone) if part)
    if record.type is OrderType.DELIVERY and sheet.rider:
        return f"{type_name(record.type)} · {tr('rider %1', sheet.rider)}"
    return type_name(record.type)


def short_customer(name: str) -> str:
    """First name and the initial of the surname."""
    first, _, rest = name.partition(" ")
    return f"{first} {rest[0]}." if rest else first
