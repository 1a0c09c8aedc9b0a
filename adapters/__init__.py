"""POS adapters, one package each, imported only when a selling point uses them."""

BUILTIN: dict[str, str] = {
    "odoo": "adapters.odoo.adapter:OdooAdapter",
}
"""Adapters in code: name as written in the configuration -> ``module:Class``."""

REST = "rest"
"""The declarative adapter: the POS is described by a profile."""

FORMER: dict[str, str] = {"reference": "reference"}
"""Names that older configurations have for an adapter in code -> the shipped profile that took its place."""
