"""Where code systems and value sets come from, and the answers to questions about them."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from profiles.terminology import CodeSystem, Json, ValueSet

Codes = Mapping[str, frozenset[str]]
"""Codes by the canonical of their system, without version."""
Relation = Literal["above", "below"]


class Source(Protocol):
    """Gives code systems and value sets by canonical, `url` or `url|version`."""

    def code_system(self, canonical: str) -> CodeSystem | None:
        """Return a code system, None when there is none of that version."""
        ...

    def value_set(self, canonical: str) -> ValueSet | None:
        """Return a value set, None when there is none of that version."""
        ...


class Terminology(Protocol):
    """Answers questions as a search asks them."""

    def members(self, value_set: str) -> Codes:
        """Return the codes of a value set, named by canonical or as `ValueSet/id`.

        Raises UnknownTerminology, UnusableValueSet, TooManyCodes.
        """
        ...

    def related(self, system: str, code: str, relation: Relation) -> frozenset[str]:
        """Return the codes that subsume a code or are subsumed by it, itself among them.

        Raises UnknownTerminology, UnknownCode, TooManyCodes.
        """
        ...


def texts(parent: Mapping[str, Json], name: str) -> list[str]:
    """Return the strings of a list member, none when it is absent."""
    value = parent.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, str)]


def objects(parent: Mapping[str, Json], name: str) -> list[Mapping[str, Json]]:
    """Return the objects of a list member, none when it is absent."""
    value = parent.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, Mapping)]


def text(parent: Mapping[str, Json], name: str) -> str:
    """Return a string member, empty when it is absent."""
    value = parent.get(name)
    return value if isinstance(value, str) else ""
