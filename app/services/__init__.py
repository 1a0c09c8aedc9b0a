"""The use cases, async, on ports only."""
