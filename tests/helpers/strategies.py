"""Hypothesis strategies: amounts, times, and orders in Sinqro's own form (reference, 5.3 to 5.5).

`orders()` gives plain dictionaries whose amounts add up by the rules of 5.5, computed here with fractions so that the
program's own arithmetic is checked by another. `to_raw` writes one as Sinqro does, `respelled` writes the same order in
another of the many ways that JSON allows: numbers as text, 1.0 for 1, nulls for missing parts, fields we don't know.
"""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import strategies as st

from app.domain.status import OrderType

Json = dict[str, Any]

DECIMALS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "CLF": 4}
"""ISO 4217 minor units, one currency of each kind."""

VAT_RATES = tuple(Decimal(text) for text in ("0", "2", "4", "6", "7", "9.5", "10", "13", "21", "23"))
"""Rates of Spain (IVA, IGIC), Portugal and Italy."""

ID_FIELDS = frozenset(
    "id sinqroId externalId orderGroupId posOrderId marketOrderId marketOrderCode code phone postalCode".split()
)
"""Sent back in the JSON type they came in: a text stays one, even where it looks like a number."""

_UTC_FORM = "%Y-%m-%dT%H:%M:%S%z"


def half_up(value: Fraction | Decimal, decimals: int) -> Decimal:
    """Half up, away from zero: what :func:`app.domain.money.rounded` must do, worked out with fractions."""
    exact = Fraction(value)
    units, rest = divmod(abs(exact) * 10**decimals, 1)
    whole = int(units) + (2 * rest >= 1)
    return (Decimal(whole) if exact >= 0 else -Decimal(whole)).scaleb(-decimals)


def amounts(currency: str = "EUR", *, low: int = -(10**6), high: int = 10**6) -> st.SearchStrategy[Decimal]:
    """Amounts in whole minor units, ``low`` and ``high`` in currency units."""
    scale = DECIMALS[currency]
    return st.integers(low * 10**scale, high * 10**scale).map(lambda units: Decimal(units).scaleb(-scale))


def moments() -> st.SearchStrategy[datetime]:
    """Aware moments to the second, in UTC."""
    naive = st.datetimes(datetime(2020, 1, 1), datetime(2037, 12, 31))  # noqa: DTZ001
    return naive.map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))


def precise_moments() -> st.SearchStrategy[datetime]:
    """Aware moments to the microsecond, in UTC."""
    return st.datetimes(datetime(2020, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def time_texts(moment: datetime) -> st.SearchStrategy[str]:
    """The same moment as ISO 8601 in another offset or another spelling of UTC."""
    plain = moment.strftime("%Y-%m-%dT%H:%M:%S")
    offsets = st.sampled_from((0, 60, 120, 330, -300))
    elsewhere = offsets.map(lambda minutes: moment.astimezone(timezone(timedelta(minutes=minutes))))
    return st.one_of(
        st.sampled_from((f"{plain}+0000", f"{plain}+00:00", f"{plain}Z", f"{plain}.000+00:00", f" {plain}Z ")),
        elsewhere.map(lambda local: local.isoformat(sep=" ")),
        elsewhere.map(lambda local: local.strftime(_UTC_FORM)),
    )


def texts(most: int = 20) -> st.SearchStrategy[str]:
    """Texts of people: any characters that JSON can carry."""
    return st.text(st.characters(codec="utf-8"), max_size=most)


def ids() -> st.SearchStrategy[int | str]:
    """Ids, as number or text."""
    return st.integers(1, 10**12) | st.text("0123456789abcdefGHI-_", min_size=1, max_size=12)


# lines


def lines(currency: str = "EUR") -> st.SearchStrategy[Json]:
    """One top-level line whose amounts follow 5.5."""
    return st.one_of(_products(currency), _products(currency), _charges(currency))


@st.composite
def _options(draw: st.DrawFn, currency: str) -> Json:
    price = draw(amounts(currency, low=0, high=20))
    quantity = draw(st.integers(1, 3))
    vat = draw(st.sampled_from(VAT_RATES))
    return {
        "type": "PRODUCT_OPTION",
        "label": draw(texts(8)),
        "unitPrice": price,
        "quantity": Decimal(quantity),
        "childrenOrderLines": [],
        **_totals(price * quantity, vat, currency),
        "productOption": {"id": draw(ids()), "externalId": None},
    }


@st.composite
def _products(draw: st.DrawFn, currency: str) -> Json:
    options = draw(st.lists(_options(currency), max_size=2))
    own = draw(amounts(currency, low=0, high=500))
    price = own + sum((option["unitPrice"] * option["quantity"] for option in options), Decimal(0))
    quantity = draw(st.integers(1, 20).map(Decimal) | st.integers(1, 5000).map(lambda grams: Decimal(grams) / 1000))
    vat = draw(st.sampled_from(VAT_RATES))
    return {
        "type": "PRODUCT",
        "label": draw(texts(12)),
        "comment": draw(st.none() | texts(12)),
        "unitPrice": price,
        "quantity": quantity,
        "childrenOrderLines": options,
        **_totals(price * quantity, vat, currency),
        "product": {"id": draw(ids()), "externalId": draw(st.none() | ids())},
    }


@st.composite
def _charges(draw: st.DrawFn, currency: str) -> Json:
    """Delivery, tips, discounts, and types nobody told us of."""
    kind = draw(st.sampled_from(("DELIVERY", "TIP", "DISCOUNT", "BAG_FEE", "Línea rara")))
    price = draw(amounts(currency, low=-50, high=0) if kind == "DISCOUNT" else amounts(currency, low=0, high=50))
    return {
        "type": kind,
        "label": draw(st.none() | texts(12)),
        "unitPrice": price,
        "quantity": Decimal(1),
        **_totals(price, draw(st.sampled_from(VAT_RATES)), currency),
    }


def _totals(exact: Decimal, vat: Decimal, currency: str) -> Json:
    total = half_up(exact, DECIMALS[currency])
    net = half_up(Fraction(total) / (1 + Fraction(vat) / 100), DECIMALS[currency])
    return {"totalAmount": total, "baseAmount": net, "vatAmount": total - net, "vatValue": vat}


# orders


@st.composite
def orders(draw: st.DrawFn, order_type: OrderType | None = None, currency: str | None = None) -> Json:
    """An order or reservation that adds up; ``order_type`` and ``currency`` any when not told."""
    kind = order_type or draw(st.sampled_from(OrderType))
    iso = currency or draw(st.sampled_from(("EUR", "EUR", "JPY", "KWD")))
    wanted = [] if kind is OrderType.RESERVATION else draw(st.lists(lines(iso), min_size=1, max_size=3))
    order = {
        "id": draw(ids()),
        "orderGroupId": None,
        "type": kind.value,
        "status": {"code": "waiting_sp_validation", "name": "Esperando", "color": "#f7981d", "isFinalStatus": False},
        "executionTime": draw(moments()).strftime(_UTC_FORM),
        "executionTimeLabel": "hoy",
        "comment": draw(st.none() | texts()),
        "cancellationComment": None,
        "consumer": {
            "id": draw(ids()),
            "name": draw(texts(8)),
            "lastname": draw(st.none() | texts(8)),
            "phone": "+346",
        },
        "sellingPoint": {"id": 3961, "name": "SuperPizza", "timezone": "Europe/Madrid"},
        "orderLines": wanted,
        "isCancellable": True,
        "isAcceptable": True,
        "currency": {"isoCode": iso, "symbol": "€", "displayPattern": "{{ amount }}€"},
        "posOrderId": None,
        "marketOrderId": draw(st.none() | ids()),
        "marketOrderCode": draw(st.none() | ids()),
        **_sums(wanted),
    }
    return order | draw(_particulars(kind, order["totalAmount"]))


def _sums(wanted: list[Json]) -> Json:
    names = ("totalAmount", "baseAmount", "vatAmount")
    return {name: sum((line[name] for line in wanted), Decimal(0)) for name in names}


@st.composite
def _particulars(draw: st.DrawFn, kind: OrderType, total: Decimal) -> Json:
    """What only some types have."""
    if kind is OrderType.RESERVATION:
        return {"dinersNumber": draw(st.integers(1, 30))}
    paid = {"id": 5, "amount": total, "paymentMethodName": draw(texts(8)), "prepaid": draw(st.booleans())}
    own: Json = {"payments": [paid]}
    if kind is OrderType.DELIVERY:
        own["deliveryAddress"] = {
            "street": draw(texts()),
            "postalCode": "08840",
            "city": "Viladecans",
            "latitude": Decimal("41.31372"),
        }
        own["deliveries"] = [{"id": 7, "status": {"code": "WAITING_SELLING_POINT_ACCEPTANCE"}, "trackingUrl": None}]
    if kind in (OrderType.INSITU, OrderType.INSIDE):
        own["dinersNumber"] = draw(st.integers(1, 30))
    if kind is OrderType.INSIDE:
        own["orderGroupId"] = draw(ids())
        own["serviceLocation"] = {"code": "TZ10", "name": "Mesa 10", "serviceZone": {"code": "TZ", "name": "Terraza"}}
    return own


# texts of orders


def to_raw(order: Any) -> bytes:
    """The text as Sinqro writes it."""
    return msgspec.json.Encoder(decimal_format="number").encode(order)


def respelled(order: Json) -> st.SearchStrategy[bytes]:
    """Other texts of the same order."""
    return _spelled(order).map(to_raw)


_OPTIONAL = frozenset(
    "label comment unitPrice orderGroupId cancellationComment consumer posOrderId marketOrderId marketOrderCode"
    " externalId lastname payments childrenOrderLines trackingUrl".split()
)
"""Fields whose null means the same as their absence."""


@st.composite
def _spelled(draw: st.DrawFn, value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        names = draw(st.permutations(list(value)))
        told = {
            key: draw(_spelled(value[key], key))
            for key in names
            if value[key] is not None or key not in _OPTIONAL or draw(st.booleans())
        }
        if draw(st.booleans()):
            told["somethingNew"] = draw(st.sampled_from(([], {"deep": [None, 1.5]}, "x", None, False)))
        return told
    if isinstance(value, list):
        return [draw(_spelled(part, name)) for part in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and name in ID_FIELDS:
        return msgspec.Raw(draw(st.sampled_from((f"{value}", f"{value}.0"))).encode())
    if isinstance(value, int | Decimal):
        return draw(_number(Decimal(value)))
    if name == "executionTime":
        return draw(time_texts(datetime.fromisoformat(value)))
    return value


@st.composite
def _number(draw: st.DrawFn, value: Decimal) -> Any:
    forms = [f"{value:f}", f"{value:f}.0" if value == value.to_integral_value() and "." not in f"{value:f}" else ""]
    forms += [f"{value:f}0" if "." in f"{value:f}" else f"{value:f}.00", f"{value:E}"]
    if value == 0:
        forms += ["0", "-0.0", "0.00"]
    form = draw(st.sampled_from([form for form in forms if form]))
    return form if draw(st.booleans()) else msgspec.Raw(form.encode())
