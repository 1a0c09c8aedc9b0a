"""One of the three answers of the header, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One answer. ``state`` is the colour: empty, ``new``, ``danger``, ``warn``, ``info`` or ``closed``."""

    title: str
    proof: str
    icon: str
    state: str = ""
    good: bool = False
    is_open: bool | None = None
    """For the switch; ``None``: it is not drawn."""
