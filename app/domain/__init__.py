"""Values and rules of the restaurant trade: no I/O, standard library and msgspec only."""
