"""Sinqro Companion: brings Sinqro's orders and reservations into a restaurant's own POS, and its state back."""

__version__ = "0.1.0"
