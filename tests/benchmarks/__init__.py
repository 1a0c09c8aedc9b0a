"""Figures of promises.md, measured: each module prints a table, and the same as JSON with ``--json FILE``."""
