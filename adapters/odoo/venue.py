"""Where an order goes in Odoo: the point of sale with its session, its payment methods and its tables."""

from typing import Any, NoReturn

import msgspec

from adapters.odoo import forms
from adapters.odoo.forms import Company, Config, MethodRow, TableRow, TillRow, ident
from adapters.odoo.wire import Wire
from app.domain.errors import PosRefused, PosTillClosed, ProfileError
from app.domain.order_parts import ServiceLocation
from app.domain.status import OrderType

NAMED = 20
"""Points of sale that are named where one must be chosen."""

OPEN_IT = "open the till in the POS"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A point of sale as it is now. ``session`` is ``None`` while none is open."""

    config: int
    name: str
    company: int
    currency: str
    session: int | None
    methods: tuple[int, ...]
    presets: tuple[int, ...]
    """Those it offers, where it uses presets."""

    def open_session(self) -> int:
        """The open session. Raises :class:`PosTillClosed`."""
        if self.session is None:
            raise PosTillClosed(f"no session of {self.name} is open in Odoo", hint=OPEN_IT)
        return self.session


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table; ``root`` is the one that carries the orders where several are pushed together."""

    id: int
    root: int
    name: str


async def read_place(wire: Wire, config_id: int | None) -> Place:
    """The point of sale ``config_id``, or the only one. Raises :class:`ProfileError` for none or several."""
    found = await _configs(wire, [] if config_id is None else [["id", "=", config_id]])
    if len(found) != 1:
        await _say_which(wire, config_id)
    config = found[0]
    return Place(
        config=config.id,
        name=config.name,
        company=ident(config.company_id) or 0,
        currency=config.currency_id[1] if isinstance(config.currency_id, tuple) else "",
        session=ident(config.current_session_id) if config.current_session_state == "opened" else None,
        methods=tuple(config.payment_method_ids),
        presets=tuple(config.available_preset_ids) if config.use_presets else (),
    )


async def _configs(wire: Wire, domain: list[Any]) -> list[Config]:
    return await wire.read(
        "pos.config", "search_read", list[Config], domain=domain, fields=forms.fields_of(Config), limit=2, order="id"
    )


async def _say_which(wire: Wire, config_id: int | None) -> NoReturn:
    """Name the points of sale that there are: their numbers stand nowhere else that people look."""
    rows = await wire.read(
        "pos.config", "search_read", list[MethodRow], domain=[], fields=["name"], limit=NAMED + 1, order="id"
    )
    names = ", ".join(f"{row.name} ({row.id})" for row in rows[:NAMED]) + (", …" if len(rows) > NAMED else "")
    if not rows:
        raise ProfileError("Odoo has no point of sale", hint="make one in Odoo's Point of Sale")
    what = "Odoo has several points of sale" if config_id is None else f"Odoo has no point of sale {config_id}, it has"
    raise ProfileError(f"{what}: {names}", hint="set config_id to the number of one")


async def open_till(wire: Wire, place: Place) -> None:
    """Open the session of a point of sale that has none, as the button "Open" of its till does; the cash is what was
    counted at the last closing. One that people are closing stays as it is. Raises :class:`PosTillClosed`.
    """
    try:
        till = await _till(wire, place)
        if ident(till.current_session_id) is None:
            await wire.write("pos.config", "open_ui", Any, ids=[place.config])
            till = await _till(wire, place)
        session = ident(till.current_session_id)
        if session is not None and till.current_session_state == "opening_control":
            cash, note = till.last_session_closing_cash, "Sinqro Companion"
            await wire.write("pos.session", "set_opening_control", Any, ids=[session], cashbox_value=cash, notes=note)
    except PosRefused as exc:
        raise PosTillClosed(f"the session of {place.name} cannot be opened: {exc.message}", hint=OPEN_IT) from exc


async def _till(wire: Wire, place: Place) -> TillRow:
    return (await wire.read("pos.config", "read", list[TillRow], ids=[place.config], fields=forms.fields_of(TillRow)))[
        0
    ]


async def rounds_per_line(wire: Wire, place: Place) -> bool:
    """Whether the company rounds taxes line by line."""
    found = await wire.read("res.company", "read", list[Company], ids=[place.company], fields=forms.fields_of(Company))
    return bool(found) and found[0].tax_calculation_rounding_method == "round_per_line"


async def read_methods(wire: Wire, place: Place) -> dict[str, int]:
    """Payment methods of the point of sale: id by name, names without case; ids count as names too."""
    rows = await wire.read(
        "pos.payment.method", "read", list[MethodRow], ids=list(place.methods), fields=forms.fields_of(MethodRow)
    )
    return {str(row.id): row.id for row in rows} | {row.name.casefold(): row.id for row in rows}


async def presets_of(wire: Wire, place: Place) -> dict[OrderType, int]:
    """The restaurant's own presets (eat in, take out, delivery) by order type, those that the point of sale offers."""
    if not place.presets:
        return {}
    # Odoo's list of external ids is for administrators; the records tell their own to everybody
    names = await wire.read("pos.preset", "get_external_id", dict[int, str], ids=list(place.presets))
    found = {name: preset for preset, name in names.items()}
    wanted = {order_type: found.get(f"pos_restaurant.{name}") for order_type, name in forms.PRESETS.items()}
    return {order_type: preset for order_type, preset in wanted.items() if preset is not None}


async def read_tables(wire: Wire, place: Place) -> list[TableRow]:
    """Every table of the point of sale."""
    return await wire.read(
        "restaurant.table",
        "search_read",
        list[TableRow],
        domain=[["floor_id.pos_config_ids", "in", [place.config]], ["floor_id.active", "=", True]],
        fields=forms.fields_of(TableRow),
        order="floor_id,table_number,id",
        limit=2000,
    )


async def find_table(wire: Wire, place: Place, where: ServiceLocation | None) -> Table | None:
    """The table of an order, by its code; ``None`` for an order that names none. Raises :class:`PosRefused`."""
    code = "" if where is None or where.code is None else str(where.code)
    if where is None or not (code or where.name):
        return None
    row = next((row for row in await read_tables(wire, place) if str(row.id) == code), None)
    if row is None:
        raise PosRefused(
            f"Odoo has no table {code or where.name!r}",
            code="UNKNOWN_TABLE",
            field="serviceLocation",
            hint="set the table's code in Sinqro to the POS's",
        )
    return Table(id=row.id, root=ident(row.parent_id) or row.id, name=table_name(row))


def table_name(row: TableRow) -> str:
    """What staff call it."""
    return f"Mesa {row.table_number}"


async def is_taken(wire: Wire, table: Table, order: str) -> bool:
    """Whether the table has an open order other than the one of this uuid."""
    domain = [["table_id", "in", [table.id, table.root]], ["state", "=", "draft"], ["uuid", "!=", order]]
    return await wire.read("pos.order", "search_count", int, domain=domain, limit=1) > 0


def zones_of(tables: list[TableRow]) -> list[dict[str, Any]]:
    """Tables in Sinqro's form of zones."""
    zones: dict[int, dict[str, Any]] = {}
    for row in tables:
        floor = ident(row.floor_id) or 0
        name = row.floor_id[1] if isinstance(row.floor_id, tuple) else ""
        zone = zones.setdefault(floor, {"code": str(floor), "name": name, "serviceLocations": []})
        zone["serviceLocations"].append({"code": str(row.id), "name": table_name(row)})
    return list(zones.values())
