"""Overlays shipped as examples, by name: what partners publish of their own edits."""

from functools import cache
from importlib.resources import files

from mappers.x12.rules.book import RULES
from mappers.x12.rules.overlay import NotAnOverlay, Overlay, parse_overlay

RULE_IDS = frozenset(rule.id for rule in RULES)


@cache
def shipped_overlays() -> tuple[str, ...]:
    """Return the names of the overlays shipped."""
    found = (one.name for one in files(__name__).iterdir() if one.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in found))


def shipped_overlay(name: str) -> Overlay:
    """Return an overlay shipped. Raises NotAnOverlay where there is none of the name."""
    if name not in shipped_overlays():
        raise NotAnOverlay(f"{name}: not shipped; there are {', '.join(shipped_overlays())}")
    text = files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return parse_overlay(text, RULE_IDS)
