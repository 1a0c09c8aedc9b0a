"""Tests against real systems; each lane needs its own marker."""
