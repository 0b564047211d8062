"""Rows of the guide that are met elsewhere or not at all, each with its reason.

Kept by family in the modules `decided_*`, so that those who work on different messages do not
meet in one file.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Decided:
    """Rows of one map of the guide, by patterns of source and target, and what holds instead.

    `ours` is set where our tables meet the row at another address, as `OBX-6 Observation.value`:
    the row then counts as covered, and only when a golden message writes that address.
    """

    map: str
    source: str
    target: str
    reason: str
    ours: str = ""

    def covers(self, name: str, source: str, target: str) -> bool:
        """Say whether a row of the guide is meant."""
        return _like(name, self.map) and _like(source, self.source) and _like(target, self.target)


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text.replace("[", "(").replace("]", ")"), _open(pattern))


def _open(pattern: str) -> str:
    """Brackets of an address are no classes of characters."""
    return pattern.replace("[", "(").replace("]", ")")
