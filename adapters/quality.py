"""What each adapter answers to the rules: done, with tests that show it, or exempt, with the reason.

The rules are ``adapters/quality_rules.toml`` and the port's capabilities, the answers ``adapters/<name>/quality.toml``.
What is exempt stands in the integration report as what the POS cannot do, and why.
"""

import tomllib
from importlib import resources

import msgspec

from app.ports.pos import Capability


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either tests that show that it is so, or why it need not be."""

    done: tuple[str, ...] = ()
    exempt: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it is so."""
        return bool(self.done)


class Quality(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers of one adapter."""

    rules: dict[str, Answer]
    capabilities: dict[Capability, Answer]


def rules() -> dict[str, str]:
    """Every rule with its sentence, capabilities left out, in their order."""
    groups: dict[str, dict[str, str]] = _read("adapters", "quality_rules.toml")
    return {name: sentence for group in groups.values() for name, sentence in group.items()}


def quality_of(adapter: str) -> Quality:
    """The answers of the adapter in the folder of this name. Raises :class:`FileNotFoundError` where it has none."""
    return msgspec.convert(_read(f"adapters.{adapter}", "quality.toml"), Quality)


def _read(package: str, name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.files(package) / name).read_text(encoding="utf-8"))
