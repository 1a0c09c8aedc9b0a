"""SuperPizza in Viladecans: the menu and the tables of a neighbourhood restaurant, as its POS has them.

The reference POS serves it as its catalog and the order generator orders from it. Every id is the POS's own text id
(``externalId`` at Sinqro). Prices are gross euros; option categories are shared between products, as at Sinqro.
"""

from decimal import Decimal

import msgspec


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of a category; its price is added to one unit of the product."""

    id: str
    name: str
    price: Decimal


class OptionCategory(msgspec.Struct, frozen=True, kw_only=True):
    """Choices offered together; ``max_selection`` ``None`` means as many as one likes."""

    id: str
    name: str
    options: tuple[Option, ...]
    min_selection: int = 0
    max_selection: int | None = None


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A size or form of a product with a price and an id of its own: ordered instead of the product."""

    id: str
    name: str
    price: Decimal


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """Something to order. ``vat`` in percent; ``option_categories`` ids, ``allergens`` the EU's in Spanish, ``prices``
    by order type (Sinqro's words) where that costs something else.
    """

    id: str
    name: str
    section: str
    price: Decimal
    vat: Decimal
    option_categories: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    prices: dict[str, Decimal] = {}


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A heading of the menu."""

    id: str
    name: str


class CardMenu(msgspec.Struct, frozen=True, kw_only=True):
    """A menu: its sections in order, and the order types it is offered for (Sinqro's words)."""

    id: str
    name: str
    sections: tuple[str, ...]
    order_types: tuple[str, ...]


class SetSection(msgspec.Struct, frozen=True, kw_only=True):
    """What a set menu lets one choose from."""

    id: str
    name: str
    min_selection: int
    max_selection: int
    products: tuple[str, ...]


class SetMenu(msgspec.Struct, frozen=True, kw_only=True):
    """A menu with one price, and what is chosen for it."""

    id: str
    name: str
    price: Decimal
    sections: tuple[SetSection, ...]
    order_types: tuple[str, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table; ``code`` is unique in the restaurant."""

    code: str
    name: str


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the restaurant with its tables."""

    code: str
    name: str
    tables: tuple[Table, ...]


class Restaurant(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a POS of this restaurant has in its catalog."""

    name: str
    menus: tuple[CardMenu, ...]
    sections: tuple[Section, ...]
    products: tuple[Product, ...]
    option_categories: tuple[OptionCategory, ...]
    zones: tuple[Zone, ...]
    set_menus: tuple[SetMenu, ...] = ()

    def options_of(self, product: Product) -> tuple[OptionCategory, ...]:
        """The option categories of a product, in the product's order."""
        by_id = {category.id: category for category in self.option_categories}
        return tuple(by_id[category] for category in product.option_categories)


_SECTIONS = """
S-1 Pizzas
S-2 Tapas
S-3 Ensaladas
S-4 Carnes y hamburguesas
S-5 Postres
S-6 Bebidas
S-7 Para llevar
"""

# id | name | minimum | maximum (- none) | option ids, names and prices
_CATEGORIES = """
OC-10 | Tamaño | 1 | 1 | O-101 Mediana 0.00; O-102 Familiar 4.50
OC-11 | Masa | 0 | 1 | O-111 Masa fina 0.00; O-112 Masa gruesa 0.00; O-113 Sin gluten 2.00
OC-12 | Extras | 0 | - | O-121 Bacon 1.00; O-122 Huevo duro 1.00; O-123 Extra de mozzarella 1.50; O-124 Champiñones 0.90; O-125 Jamón ibérico 2.50; O-126 Aceitunas negras 0.60; O-127 Piña 0.80
OC-13 | Quitar de la pizza | 0 | - | O-131 Sin cebolla 0.00; O-132 Sin queso 0.00; O-133 Sin orégano 0.00
OC-14 | Punto de la carne | 1 | 1 | O-141 Poco hecha 0.00; O-142 Al punto 0.00; O-143 Muy hecha 0.00
OC-15 | Guarnición | 0 | 1 | O-151 Patatas fritas 0.00; O-152 Ensalada 0.00; O-153 Pimientos del padrón 1.80
OC-16 | Salsas | 0 | 3 | O-161 Alioli 0.50; O-162 Brava 0.50; O-163 Barbacoa 0.50; O-164 Kétchup 0.30
OC-17 | Quitar | 0 | - | O-171 Sin tomate 0.00; O-172 Sin sal 0.00; O-173 Sin vinagre 0.00; O-174 Sin frutos secos 0.00
OC-18 | ¿Con hielo? | 0 | 1 | O-181 Con hielo y limón 0.00; O-182 Sin hielo 0.00
OC-19 | Con el postre | 0 | - | O-191 Bola de helado de vainilla 1.20; O-192 Nata montada 0.80
"""  # noqa: E501 - a table

# id | section | name | price | VAT % | option categories | allergens | variants: id, name and price
_PRODUCTS = """
P-101 | S-1 | Pizza Margarita | 9.50 | 10 | OC-10 OC-11 OC-12 OC-13 | gluten, lácteos
P-102 | S-1 | Pizza de la huerta | 11.00 | 10 | OC-10 OC-11 OC-12 OC-13 | gluten, lácteos
P-103 | S-1 | Pizza Barbacoa | 12.50 | 10 | OC-10 OC-11 OC-12 OC-13 | gluten, lácteos, mostaza
P-104 | S-1 | Pizza Cuatro Quesos | 12.00 | 10 | OC-10 OC-11 OC-12 OC-13 | gluten, lácteos
P-105 | S-1 | Pizza Prosciutto e Funghi | 12.20 | 10 | OC-10 OC-11 OC-12 OC-13 | gluten, lácteos
P-106 | S-1 | Pizza Diavola | 12.40 | 10 | OC-10 OC-11 OC-12 OC-13 | gluten, lácteos
P-107 | S-1 | Pizza Tropical | 11.90 | 10 | OC-10 OC-11 OC-12 OC-13 | gluten, lácteos
P-108 | S-1 | Pizza de escalivada y anchoas | 13.25 | 10 | OC-10 OC-11 OC-12 OC-13 | gluten, lácteos, pescado
P-109 | S-1 | Calzone de la casa | 12.90 | 10 | OC-11 OC-12 | gluten, lácteos, huevos
P-201 | S-2 | Patatas bravas | 5.90 | 10 | OC-16 OC-17 | huevos
P-202 | S-2 | Croquetas de jamón | 1.95 | 10 | | gluten, lácteos, huevos
P-203 | S-2 | Calamares a la romana | 10.80 | 10 | OC-16 | gluten, moluscos
P-204 | S-2 | Tortilla de patatas | 6.50 | 10 | OC-17 | huevos
P-205 | S-2 | Pan con tomate | 2.75 | 10 | OC-17 | gluten
P-206 | S-2 | Jamón ibérico de bellota | 19.90 | 10 | | | P-206-M Media ración 11.50; P-206-R Ración 19.90
P-207 | S-2 | Pimientos del padrón | 6.20 | 10 | OC-17 |
P-208 | S-2 | Gambas al ajillo | 12.60 | 10 | | crustáceos
P-209 | S-2 | Mejillones al vapor | 9.40 | 10 | | moluscos
P-210 | S-2 | Alitas de pollo | 8.30 | 10 | OC-16 | gluten, mostaza
P-301 | S-3 | Ensalada mixta | 7.50 | 10 | OC-17 | pescado, huevos
P-302 | S-3 | Ensalada César | 9.20 | 10 | OC-17 OC-16 | gluten, lácteos, huevos, pescado
P-303 | S-3 | Ensalada de queso de cabra y nueces | 9.80 | 10 | OC-17 | lácteos, frutos de cáscara
P-304 | S-3 | Xató de Vilanova | 10.40 | 10 | OC-17 | pescado, frutos de cáscara
P-401 | S-4 | Hamburguesa SuperPizza | 11.70 | 10 | OC-14 OC-15 OC-16 OC-17 | gluten, lácteos, sésamo
P-402 | S-4 | Hamburguesa vegana | 11.20 | 10 | OC-15 OC-16 OC-17 | gluten, soja, sésamo
P-403 | S-4 | Entrecot a la brasa | 19.50 | 10 | OC-14 OC-15 |
P-404 | S-4 | Secreto ibérico | 16.90 | 10 | OC-14 OC-15 |
P-405 | S-4 | Butifarra con mongetes | 11.30 | 10 | OC-16 |
P-501 | S-5 | Crema catalana | 4.80 | 10 | | lácteos, huevos
P-502 | S-5 | Tiramisú | 5.40 | 10 | OC-19 | gluten, lácteos, huevos
P-503 | S-5 | Tarta de queso | 5.60 | 10 | OC-19 | gluten, lácteos, huevos
P-504 | S-5 | Coulant de chocolate | 5.90 | 10 | OC-19 | gluten, lácteos, huevos
P-505 | S-5 | Helado artesano | 3.20 | 10 | OC-19 | lácteos | P-505-1 Una bola 3.20; P-505-2 Dos bolas 5.10
P-601 | S-6 | Agua mineral | 1.80 | 10 | | | P-601-M 50 cl 1.80; P-601-L 1 l 2.90
P-602 | S-6 | Coca-Cola | 2.40 | 10 | OC-18 |
P-603 | S-6 | Coca-Cola Zero | 2.40 | 10 | OC-18 |
P-604 | S-6 | Fanta naranja | 2.40 | 10 | OC-18 |
P-605 | S-6 | Cerveza 33cl | 2.00 | 10 | | gluten
P-606 | S-6 | Cerveza de barril | 2.20 | 10 | | gluten | P-606-C Caña 2.20; P-606-J Jarra 4.60
P-607 | S-6 | Vino tinto Penedès | 3.10 | 10 | | sulfitos | P-607-C Copa 3.10; P-607-B Botella 14.50
P-608 | S-6 | Cava brut nature | 16.80 | 10 | | sulfitos
P-609 | S-6 | Café solo | 1.40 | 10 | |
P-610 | S-6 | Café con leche | 1.65 | 10 | | lácteos
P-701 | S-7 | Vino de la casa para llevar | 8.95 | 21 | | sulfitos
P-702 | S-7 | Bolsa reutilizable | 0.15 | 21 | |
"""

# id | name | minimum | maximum | product ids
_LUNCH = """
SM-1 | Primero | 1 | 1 | P-301 P-204 P-207
SM-2 | Segundo | 1 | 1 | P-101 P-403 P-405
SM-3 | Postre o café | 1 | 1 | P-501 P-502 P-609
SM-4 | Bebida | 0 | 1 | P-601 P-605 P-607
"""

_DELIVERED = {"P-101": "10.50", "P-102": "12.00", "P-601": "2.00"}
"""Prices of what costs more when it is brought."""


def superpizza() -> Restaurant:
    """The whole restaurant, made from the tables of this module."""
    sections = tuple(
        Section(id=line.split()[0], name=line.split(maxsplit=1)[1]) for line in _SECTIONS.strip().splitlines()
    )
    return Restaurant(
        name="SuperPizza",
        menus=(
            CardMenu(
                id="M-1",
                name="Carta",
                sections=tuple(section.id for section in sections if section.id != "S-7"),
                order_types=("insitu", "inside"),
            ),
            CardMenu(
                id="M-2",
                name="A domicilio y para llevar",
                sections=tuple(section.id for section in sections),
                order_types=("delivery", "collection"),
            ),
        ),
        sections=sections,
        products=tuple(_product(line) for line in _PRODUCTS.strip().splitlines()),
        option_categories=tuple(_category(line) for line in _CATEGORIES.strip().splitlines()),
        zones=(_zone("TZ", "Terraza", 12), _zone("SA", "Sala", 15)),
        set_menus=(
            SetMenu(
                id="M-3",
                name="Menú del día",
                price=Decimal("14.50"),
                sections=tuple(_choice(line) for line in _LUNCH.strip().splitlines()),
                order_types=("insitu", "inside", "collection"),
            ),
        ),
    )


def _choice(line: str) -> SetSection:
    ident, name, least, most, products = (part.strip() for part in line.split("|"))
    return SetSection(
        id=ident, name=name, min_selection=int(least), max_selection=int(most), products=tuple(products.split())
    )


def _zone(code: str, name: str, tables: int) -> Zone:
    return Zone(
        code=code,
        name=name,
        tables=tuple(Table(code=f"{code}{number}", name=f"Mesa {number}") for number in range(1, tables + 1)),
    )


def _priced(text: str) -> list[tuple[str, str, Decimal]]:
    """``id name price; …`` in parts."""
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        ident, rest = part.split(maxsplit=1)
        name, price = rest.rsplit(maxsplit=1)
        found.append((ident, name, Decimal(price)))
    return found


def _category(line: str) -> OptionCategory:
    ident, name, least, most, options = (part.strip() for part in line.split("|"))
    return OptionCategory(
        id=ident,
        name=name,
        options=tuple(Option(id=option, name=label, price=price) for option, label, price in _priced(options)),
        min_selection=int(least),
        max_selection=None if most == "-" else int(most),
    )


def _product(line: str) -> Product:
    parts = [part.strip() for part in line.split("|")]
    ident, section, name, price, vat, categories, allergens = parts[:7]
    return Product(
        id=ident,
        name=name,
        section=section,
        price=Decimal(price),
        vat=Decimal(vat),
        option_categories=tuple(categories.split()),
        allergens=tuple(filter(None, (allergen.strip() for allergen in allergens.split(",")))),
        variants=tuple(
            Variant(id=variant, name=label, price=amount)
            for variant, label, amount in _priced(parts[7] if len(parts) > 7 else "")
        ),
        prices={"delivery": Decimal(_DELIVERED[ident])} if ident in _DELIVERED else {},
    )
