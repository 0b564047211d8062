"""Code lists a site loads: which codes there are on a day, and what they mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code of a list: valid from `since` to `until` (None: open), with the list's own words."""

    code: str
    since: date | None = None
    until: date | None = None
    text: str = ""

    def holds(self, day: date | None) -> bool:
        """Tell whether the code is valid on a day; on an unknown day it is."""
        if day is None:
            return True
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True)
class CodeLists:
    """The lists of one site by name (`carc`); a list that is not loaded judges nothing."""

    rows: Mapping[str, Mapping[str, tuple[CodeRow, ...]]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Tell whether a list is loaded."""
        return name in self.rows

    def lacks(self, name: str, code: str, day: date | None) -> bool:
        """Tell whether a list is loaded and does not hold a code on a day."""
        codes = self.rows.get(name)
        if codes is None or not code:
            return False
        return not any(row.holds(day) for row in codes.get(code, ()))

    def text(self, name: str, code: str) -> str:
        """Return the words of a code in the list that is loaded; empty where there are none."""
        rows = self.rows.get(name, {}).get(code, ())
        return rows[-1].text if rows else ""


NO_LISTS = CodeLists()


def indexed(rows: Iterable[CodeRow]) -> dict[str, tuple[CodeRow, ...]]:
    """Return the rows of one list by code."""
    index: dict[str, tuple[CodeRow, ...]] = {}
    for row in rows:
        index[row.code] = (*index.get(row.code, ()), row)
    return index
