"""Odoo 19 Point of Sale, over its JSON-2 API."""
