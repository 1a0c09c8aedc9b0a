"""A POS described by a TOML profile, without code."""
