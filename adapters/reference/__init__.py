"""The reference POS, spoken to in code."""
