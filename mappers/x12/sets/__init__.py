"""The guides we hold, one module each, found by version (GS08 or ST03)."""

from mappers.x12.grammar import Guide

GUIDES: tuple[Guide, ...] = ()


def guide_for(version: str) -> Guide | None:
    """Return the guide of a version such as `005010X222A1`; None where we hold none."""
    return next((one for one in GUIDES if version in one.versions), None)
