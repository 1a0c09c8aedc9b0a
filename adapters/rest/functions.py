"""The functions that expressions have besides CEL's own. What each does is in the docstring of its method.

::

    money(x) amount(x) number(x) sum(list) times(a, b) round(x, places) net(gross, percent)
    time(x) posTime(x) later(time, minutes)
    text(x) notes(x) either(a, b) uuid(x) lookup(list, key, value)

CEL's own that are there: ``size string int double dyn``, ``contains startsWith endsWith matches`` of texts, the macros
``has all exists exists_one map filter``, ``cel.bind``, optional values (``.?a [?k] orValue or value hasValue optMap``),
and of its extensions ``lowerAscii upperAscii trim split join replace substring indexOf flatten``.

Amounts are exact decimals as text, times ISO 8601 in UTC; a null gives a null wherever that makes sense, so that what a
POS left out needs no question. How the POS writes both stands in the profile's ``[numbers]`` and ``[times]``.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

from adapters.rest.cel_texts import Function
from adapters.rest.cel_values import Fault, Frame, kind
from adapters.rest.profile_parts import Numbers, Text, Times
from adapters.rest.texts import Texts
from app.domain import money
from app.domain.errors import AmountError
from app.domain.times import parse_time, zone_of

_NAMESPACE = uuid.UUID("3f0f1a52-6c1e-5b7e-9f5e-6d1b3f9a7c11")
"""Of the UUIDs that we make: ours alone."""


@dataclass(frozen=True)
class Formats:
    """How one POS writes things, and where it stands. ``zone`` is the selling point's."""

    numbers: Numbers = field(default_factory=Numbers)
    times: Times = field(default_factory=Times)
    text: Text = field(default_factory=Text)
    zone: tzinfo = UTC


class Declared(NamedTuple):
    """A function as the type checker knows it: the types of each way to call it, and of its result."""

    name: str
    overloads: tuple[tuple[str, ...], ...]
    result: str
    member: bool = False


DECLARED = (
    Declared("money", (("dyn",), ("dyn", "text")), "dyn"),
    Declared("amount", (("dyn",), ("dyn", "text")), "dyn"),
    Declared("number", (("dyn",),), "dyn"),
    Declared("sum", (("list",),), "text"),
    Declared("times", (("dyn", "dyn"),), "text"),
    Declared("round", (("dyn", "int"),), "text"),
    Declared("net", (("dyn", "dyn"),), "text"),
    Declared("time", (("dyn",), ("dyn", "text"), ("dyn", "text", "text")), "dyn"),
    Declared("posTime", (("dyn",), ("dyn", "text"), ("dyn", "text", "text")), "dyn"),
    Declared("later", (("dyn", "int"),), "dyn"),
    Declared("text", (("dyn",), ("dyn", "int")), "text"),
    Declared("notes", (("dyn",), ("dyn", "int")), "list"),
    Declared("either", (("dyn", "dyn"),), "dyn"),
    Declared("uuid", (("dyn",),), "text"),
    Declared("lookup", (("dyn", "text", "dyn"),), "dyn"),
    Declared("lowerAscii", (("text",),), "text", member=True),
    Declared("upperAscii", (("text",),), "text", member=True),
    Declared("trim", (("text",),), "text", member=True),
    Declared("split", (("text", "text"),), "list", member=True),
    Declared("join", (("list",), ("list", "text")), "text", member=True),
    Declared("replace", (("text", "text", "text"),), "text", member=True),
    Declared("substring", (("text", "int"), ("text", "int", "int")), "text", member=True),
    Declared("indexOf", (("text", "text"),), "int", member=True),
    Declared("flatten", (("list",),), "list", member=True),
)
"""Ours, then those that CEL's ``strings`` and ``lists`` extensions have too."""


class Functions:
    """Our functions for one POS."""

    def __init__(self, formats: Formats) -> None:
        self._numbers = formats.numbers
        self._times = formats.times
        self._zone = formats.zone
        self._texts = Texts(formats.text)

    def table(self) -> dict[str, Function]:
        """By name, as the evaluation takes them."""
        named: dict[str, Function] = {"posTime": self.pos_time}
        ours = "money amount number sum times round net time later text notes either uuid lookup".split()
        named.update({name: getattr(self, name) for name in ours})
        return named

    # ------------------------------------------------------------ amounts

    def money(self, frame: Frame, at: int, value: Any, currency: str = "EUR") -> str | None:
        """``money(x)``: an amount as the POS writes it, exact. ``money(x, "JPY")`` where minor units are not cents."""
        frame.pay(2, at)
        if value is None:
            return None
        if self._numbers.comma and isinstance(value, str):
            value = value.replace(".", "").replace(",", ".")
        amount = _decimal(value, at)
        if self._numbers.money == "minor":
            if amount != amount.to_integral_value():
                raise Fault(f"{_shown(value)} is no whole number of minor units", at)
            amount = amount.to_integral_value().scaleb(-money.exponent(currency))
        try:
            return _plain(money.checked(amount, currency))
        except AmountError as exc:
            raise Fault(exc.message, at) from exc

    def amount(self, frame: Frame, at: int, value: Any, currency: str = "EUR") -> str | int | float | None:
        """``amount(x)``: an amount of ours as the POS writes it."""
        frame.pay(2, at)
        if value is None:
            return None
        amount = _decimal(value, at)
        if self._numbers.money == "minor":
            return int(money.rounded(amount, currency).scaleb(money.exponent(currency)))
        if self._numbers.money == "number":
            return float(amount)
        finer = -int(amount.as_tuple().exponent) > money.exponent(currency)
        text = _plain(amount if finer else money.rounded(amount, currency))
        return text.replace(".", ",") if self._numbers.comma else text

    def number(self, frame: Frame, at: int, value: Any) -> int | float | None:
        """``number(x)``: a decimal text as a JSON number (``"2"`` → 2, ``"1.5"`` → 1.5), to send or to compare.

        To calculate use ``sum`` and ``times``, which are exact.
        """
        frame.pay(1, at)
        if value is None:
            return None
        amount = _decimal(value, at)
        return int(amount) if amount == amount.to_integral_value() and abs(amount) < 2**53 else float(amount)

    def sum(self, frame: Frame, at: int, values: Any) -> str:
        """``sum([a, b])``: exact; null counts nothing."""
        if not isinstance(values, list):
            raise Fault(f"sum is of a list, not of {kind(values)}", at)
        frame.pay(1 + len(values), at)
        return _plain(sum((_decimal(value, at) for value in values if value is not None), Decimal(0)))

    def times(self, frame: Frame, at: int, left: Any, right: Any) -> str:
        """``times(a, b)``: exact; ``times(x, -1)`` changes the sign."""
        frame.pay(2, at)
        return _plain(_decimal(left, at) * _decimal(right, at))

    def round(self, frame: Frame, at: int, value: Any, places: int) -> str:
        """``round(x, 2)``: half up, as amounts are rounded."""
        frame.pay(2, at)
        if not 0 <= places <= 12:
            raise Fault(f"{places} decimals are not possible (0 to 12 are)", at)
        return _plain(_decimal(value, at).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))

    def net(self, frame: Frame, at: int, gross: Any, percent: Any) -> str:
        """``net(gross, percent)``: without VAT, in cents; a rate of null is 0."""
        frame.pay(2, at)
        rate = Decimal(0) if percent is None else _decimal(percent, at)
        try:
            return _plain(money.net_of(_decimal(gross, at), rate))
        except AmountError as exc:
            raise Fault(exc.message, at) from exc

    # ------------------------------------------------------------ times

    def time(self, frame: Frame, at: int, value: Any, form: str = "", zone: str = "") -> str | None:
        """``time(x)``, ``time(x, format)``, ``time(x, format, zone)``: a time of the POS's, in UTC.

        Null and an empty text give null. ``format`` and ``zone`` as in ``[times]``, which counts where they are not
        given.
        """
        frame.pay(3, at)
        if value is None or value == "":
            return None
        form = form or self._times.format
        try:
            moment = _parsed(value, form, self._zone_of(zone, at))
        except (ValueError, OverflowError, OSError, InvalidOperation) as exc:
            raise Fault(f"{_shown(value)} is no time of the form {form}", at) from exc
        return moment.isoformat().replace("+00:00", "Z")

    def pos_time(self, frame: Frame, at: int, value: Any, form: str = "", zone: str = "") -> str | int | None:
        """``posTime(x)``, ``posTime(x, format)``, ``posTime(x, format, zone)``: a time of ours as the POS writes it."""
        frame.pay(3, at)
        if value is None or value == "":
            return None
        form = form or self._times.format
        moment = _moment(value, at).astimezone(self._zone_of(zone, at))
        if form == "unix":
            return int(moment.timestamp())
        if form == "unix_ms":
            return int(moment.timestamp() * 1000)
        if form == "iso":
            return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
        return frame.made(moment.strftime(form), at)

    def later(self, frame: Frame, at: int, value: Any, minutes: int) -> str | None:
        """``later(time, 20)``: so many minutes later; ``-20``: earlier."""
        frame.pay(2, at)
        if value is None or value == "":
            return None
        try:
            moment = _moment(value, at) + timedelta(minutes=minutes)
        except OverflowError as exc:
            raise Fault(f"{minutes} minutes are too many", at) from exc
        return moment.isoformat().replace("+00:00", "Z")

    def _zone_of(self, name: str, at: int) -> tzinfo:
        name = name or self._times.zone
        if name == "utc":
            return UTC
        if name == "local":
            return self._zone
        try:
            return zone_of(name)
        except ValueError as exc:
            raise Fault(str(exc), at) from exc

    # ------------------------------------------------------------ texts

    def text(self, frame: Frame, at: int, value: Any, most: int | None = None) -> str:
        """``text(x)``, ``text(x, 40)``: as the POS can print it, at most so many characters; null is an empty text."""
        whole = _text(value, at)
        frame.pay(2 + len(whole) // 2, at)  # letter by letter where it is not plain
        return self._texts.name(whole, _limit(most, at))

    def notes(self, frame: Frame, at: int, value: Any, most: int | None = None) -> list[str]:
        """``notes(x)``, ``notes(x, 40)``: a text, or a list of texts, as entries that fit the POS; nothing is cut."""
        texts = [_text(each, at) for each in (value if isinstance(value, list) else [value])]
        frame.pay(2 + len(texts) + sum(map(len, texts)) // 2, at)
        return self._texts.notes(texts, _limit(most, at))

    def either(self, frame: Frame, at: int, value: Any, other: Any) -> Any:
        """``either(a, b)``: ``a``, or ``b`` where it is null or an empty text."""
        return other if value is None or value == "" else value

    def uuid(self, frame: Frame, at: int, value: Any) -> str:
        """``uuid(x)``: a UUID that is always the same for the same text, for a POS that wants one as its key."""
        text = _text(value, at)
        frame.pay(10 + len(text) // 16, at)
        return str(uuid.uuid5(_NAMESPACE, text))

    def lookup(self, frame: Frame, at: int, entries: Any, key: str, value: Any) -> Any:
        """``lookup(list, "id", x)``: the first map whose field is ``x``, or null; 7 and ``"7"`` are the same.

        The list's index is made once, so that this is quick within a loop.
        """
        if entries is None:
            return None
        if not isinstance(entries, list):
            raise Fault(f"lookup is in a list, not in {kind(entries)}", at)
        frame.pay(2, at)
        found = frame.memo.get((id(entries), key))
        if found is None:
            frame.pay(len(entries), at)
            found = frame.memo[id(entries), key] = (entries, _index(entries, key))  # holds the list: ids are used again
        return found[1].get(str(value)) if _is_key(value) else None


def _index(entries: Iterable[Any], key: str) -> dict[str, Any]:
    index: dict[str, Any] = {}
    for entry in entries:
        if isinstance(entry, dict) and _is_key(value := entry.get(key)):
            index.setdefault(str(value), entry)
    return index


def _is_key(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _decimal(value: Any, at: int) -> Decimal:
    if isinstance(value, str | int | float) and not isinstance(value, bool) and len(text := str(value)) <= 60:
        try:
            amount = Decimal(text.strip())
        except InvalidOperation:
            amount = None
        if amount is not None and amount.is_finite() and -20 < amount.adjusted() < 20:
            return amount
    raise Fault(f"{_shown(value)} is no amount", at)


def _plain(amount: Decimal) -> str:
    return format(amount, "f")


def _parsed(value: Any, form: str, zone: tzinfo) -> datetime:
    """Raises ``ValueError`` and its like."""
    if form in ("unix", "unix_ms"):
        seconds = Decimal(str(value)) / (1000 if form == "unix_ms" else 1)
        if isinstance(value, bool) or not abs(seconds) < 10**12:
            raise ValueError
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(seconds))
    if not isinstance(value, str) or len(value) > 100:
        raise ValueError
    if form == "iso":
        return parse_time(value, zone)
    moment = datetime.strptime(value.strip(), form)  # noqa: DTZ007 - the zone comes after
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def _moment(value: Any, at: int) -> datetime:
    try:
        if not isinstance(value, str) or len(value) > 100:
            raise ValueError
        return parse_time(value, UTC)
    except ValueError as exc:
        raise Fault(f"{_shown(value)} is no time of ours (ISO 8601, as time(…) gives it)", at) from exc


def _text(value: Any, at: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise Fault(f"{kind(value)} is no text", at)


def _limit(most: int | None, at: int) -> int | None:
    if most is not None and most < 2:
        raise Fault(f"{most} characters are too few", at)
    return most


def _shown(value: Any) -> str:
    return repr(f"{value:.40}") if isinstance(value, str) else str(value)[:40]
