"""POS adapters, one package each, imported only when a selling point uses them."""

BUILTIN: dict[str, str] = {
    "odoo": "adapters.odoo.adapter:OdooAdapter",
    "reference": "adapters.reference.adapter:ReferenceAdapter",
}
"""Adapter name as written in the configuration -> ``module:Class``."""
