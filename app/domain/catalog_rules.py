"""What is wrong with a catalog: numbered findings, all at once, each with one sentence and the way to mend it.

An error keeps its entity back (:func:`app.domain.catalog_publish.publishable`), a warning is published and pointed out.
Numbers stay with their meaning for ever: help pages and support name them. The sentences here are the English ones; the
screens translate them by the same templates.

``RULES`` is the table; :mod:`app.domain.catalog_checks` finds what each of them speaks of.
"""

from decimal import Decimal
from enum import StrEnum

import msgspec

from app.domain.catalog import EntityKind

NAME_LIMIT = 80
"""Characters of a name that every channel shows whole. Sinqro states no limit publicly: ours, on the safe side."""

TEXT_LIMIT = 1000
"""Characters of a description."""

ID_LIMIT = 128
"""Characters of an id."""

DEAR = Decimal(500)
"""A single product dearer than this is more likely a slipped decimal point."""


class Severity(StrEnum):
    """Whether the entity is kept back."""

    ERROR = "error"
    WARNING = "warning"


class Rule(msgspec.Struct, frozen=True):
    """One thing that can be wrong. ``sentence`` and ``fix`` are templates over the finding's values."""

    number: str
    severity: Severity
    kind: EntityKind | None
    """``None``: any kind."""
    sentence: str
    fix: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with one entity."""

    rule: Rule
    kind: EntityKind
    external_id: str
    values: dict[str, str]
    """For the templates; ``name`` always."""

    @property
    def sentence(self) -> str:
        """What is wrong, in English."""
        return self.rule.sentence.format_map(self.values)

    @property
    def fix(self) -> str:
        """How to mend it, in English."""
        return self.rule.fix.format_map(self.values)

    @property
    def keeps_back(self) -> bool:
        """Whether the entity is not published."""
        return self.rule.severity is Severity.ERROR


_E, _W = Severity.ERROR, Severity.WARNING
_MENU, _SECTION, _PRODUCT = EntityKind.MENU, EntityKind.SECTION, EntityKind.PRODUCT
_VARIANT, _CATEGORY, _OPTION = EntityKind.VARIANT, EntityKind.OPTION_CATEGORY, EntityKind.OPTION

RULES: dict[str, Rule] = {
    rule.number: rule
    for rule in (
        # any entity
        Rule(
            "G01", _W, None, "Two entries have the id {id}: only the first counts.", "Give each its own id in the POS."
        ),
        Rule("G02", _E, None, "An entry has no id.", "Give it an id in the POS."),
        Rule("G03", _E, None, "The id of “{name}” is longer than {limit} characters.", "Shorten the id in the POS."),
        Rule("G04", _W, None, "“{name}” is longer than {limit} characters: channels cut it.", "Shorten the name."),
        # menus
        Rule("M01", _E, _MENU, "A menu has no name.", "Give the menu a name in the POS."),
        Rule("M02", _E, _MENU, "The set menu “{name}” has no price.", "Enter its price in the POS."),
        Rule("M03", _E, _MENU, "The menu “{name}” has a negative price.", "Correct its price in the POS."),
        Rule("M04", _E, _MENU, "The menu “{name}” is empty.", "Put at least one section with products into it."),
        Rule("M05", _W, _MENU, "The menu “{name}” names a section that is not there.", "Remove it from the menu."),
        # sections
        Rule("S01", _E, _SECTION, "A section has no name.", "Give the section a name in the POS."),
        Rule("S02", _E, _SECTION, "The section “{name}” is empty.", "Put products into it, or remove it."),
        Rule(
            "S03",
            _W,
            _SECTION,
            "The section “{name}” names a product that is not there.",
            "Remove it from the section.",
        ),
        Rule("S04", _E, _SECTION, "“{name}” asks for at least {min} and at most {max}.", "Correct the numbers."),
        Rule(
            "S05",
            _E,
            _SECTION,
            "“{name}” asks for {min}, and has {count} to choose from.",
            "Ask for fewer, or add some.",
        ),
        Rule("S06", _W, _SECTION, "“{other}” stands twice in the section “{name}”.", "Remove one of the two."),
        Rule(
            "S07",
            _W,
            _SECTION,
            "The section “{name}” is in no menu: nobody sees it.",
            "Put it into a menu, or remove it.",
        ),
        Rule("S08", _W, _SECTION, "Two products of “{name}” are called “{other}”.", "Give one of them another name."),
        # products
        Rule("P01", _E, _PRODUCT, "A product has no name.", "Give the product a name in the POS."),
        Rule("P02", _E, _PRODUCT, "“{name}” has no price.", "Enter its price in the POS."),
        Rule("P03", _E, _PRODUCT, "“{name}” has a negative price.", "Correct its price in the POS."),
        Rule("P04", _W, _PRODUCT, "“{name}” costs nothing.", "Enter its price, if it is not a present."),
        Rule("P05", _W, _PRODUCT, "“{name}” costs {price}: is that meant?", "Check the decimal point in the POS."),
        Rule(
            "P06", _E, _PRODUCT, "“{name}” has a price with too many decimals: {price}.", "Round the price in the POS."
        ),
        Rule("P07", _W, _PRODUCT, "“{name}” has no VAT.", "Set its tax in the POS."),
        Rule("P08", _E, _PRODUCT, "“{name}” has a VAT of {vat} %.", "Correct its tax in the POS."),
        Rule("P09", _W, _PRODUCT, "“{name}” is in no section: nobody sees it.", "Put it into a section, or remove it."),
        Rule(
            "P10",
            _W,
            _PRODUCT,
            "The picture of “{name}” cannot be shown: {url}",
            "Use an address that begins with https.",
        ),
        Rule(
            "P11", _W, _PRODUCT, "The description of “{name}” has over {limit} characters.", "Shorten the description."
        ),
        Rule(
            "P12",
            _W,
            _PRODUCT,
            "“{name}” does not say which allergens it has.",
            "Enter its allergens, or that it has none.",
        ),
        Rule("P13", _E, _PRODUCT, "“{name}” names a variant that is not there.", "Correct its variants in the POS."),
        Rule("P14", _E, _PRODUCT, "“{name}” names a choice that is not there.", "Correct its options in the POS."),
        Rule("P15", _W, _PRODUCT, "A choice stands twice at “{name}”.", "Remove one of the two."),
        Rule(
            "P16",
            _W,
            _PRODUCT,
            "All variants of “{name}” are sold out, the product is not.",
            "Set the product sold out.",
        ),
        Rule(
            "P17",
            _W,
            _PRODUCT,
            "Nothing is left of a required choice of “{name}”: it is shown as sold out.",
            "Set the product sold out in the POS.",
        ),
        Rule(
            "P18", _W, _PRODUCT, "“{name}” takes {minutes} minutes to prepare: is that meant?", "Check it in the POS."
        ),
        # variants
        Rule("V01", _E, _VARIANT, "A variant has no name.", "Give the variant a name in the POS."),
        Rule("V02", _E, _VARIANT, "The variant “{name}” has no price.", "Enter its price in the POS."),
        Rule("V03", _E, _VARIANT, "The variant “{name}” has a negative price.", "Correct its price in the POS."),
        Rule(
            "V04",
            _E,
            _VARIANT,
            "The variant “{name}” has a price with too many decimals: {price}.",
            "Round the price in the POS.",
        ),
        Rule(
            "V05", _W, _VARIANT, "The variant “{name}” belongs to no product.", "Remove it, or give it to its product."
        ),
        Rule(
            "V06", _E, _VARIANT, "The variant “{name}” belongs to two products.", "Give each product its own variants."
        ),
        Rule("V07", _W, _VARIANT, "Two variants of a product are called “{name}”.", "Give one of them another name."),
        # choices
        Rule("C01", _E, _CATEGORY, "A choice has no name.", "Give the choice a name in the POS."),
        Rule(
            "C02",
            _E,
            _CATEGORY,
            "“{name}” asks for at least {min} and at most {max}.",
            "Correct the numbers in the POS.",
        ),
        Rule(
            "C03",
            _E,
            _CATEGORY,
            "“{name}” asks for {min}, and has {count} to choose from.",
            "Ask for fewer, or add options.",
        ),
        Rule("C04", _E, _CATEGORY, "“{name}” has no options.", "Add options, or remove the choice."),
        Rule("C05", _W, _CATEGORY, "“{name}” names an option that is not there.", "Remove it from the choice."),
        Rule("C06", _W, _CATEGORY, "The choice “{name}” belongs to no product.", "Remove it, or give it to a product."),
        Rule(
            "C07",
            _E,
            _CATEGORY,
            "“{name}” has a negative number of options to choose.",
            "Correct the numbers in the POS.",
        ),
        Rule("C08", _W, _CATEGORY, "Two options of “{name}” are called “{other}”.", "Give one of them another name."),
        # options
        Rule("O01", _E, _OPTION, "An option has no name.", "Give the option a name in the POS."),
        Rule(
            "O02", _W, _OPTION, "The option “{name}” makes the product cheaper: {price}.", "Check its price in the POS."
        ),
        Rule(
            "O03",
            _E,
            _OPTION,
            "The option “{name}” has a price with too many decimals: {price}.",
            "Round the price in the POS.",
        ),
        Rule("O04", _W, _OPTION, "The option “{name}” belongs to no choice.", "Remove it, or give it to a choice."),
    )
}
"""Every rule by its number."""
