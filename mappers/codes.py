"""Translate a code by a code map: rows of data, never a guess for a code without a row.

The shape follows ConceptMap (https://hl7.org/fhir/R4/conceptmap.html), reduced to one source
and one target system.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a system; `system` is empty where the target element implies it."""

    code: str
    system: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One translation. An empty `target` says that there is none, and that this is known.

    `system` is set where the target is of another system than those of the other rows.
    """

    code: str
    target: str
    display: str = ""
    note: str = ""
    system: str = ""


@dataclass(frozen=True)
class CodeMap:
    """A named translation between two code systems, e.g. `v2-0085` to Observation.status.

    `keep_unknown` says that a code without a row is itself a code of the target system.
    """

    name: str
    source: str
    system: str
    rows: tuple[Row, ...]
    keep_unknown: bool = False
    _index: Mapping[str, Code | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the rows by their code."""
        index = {
            row.code: Code(row.target, row.system or self.system, row.display)
            if row.target
            else None
            for row in self.rows
        }
        object.__setattr__(self, "_index", index)

    def knows(self, code: str) -> bool:
        """Say whether the code has a row, be it one without a target."""
        return code in self._index

    def translate(self, code: str) -> Code | None:
        """Return the target of the code, or None where there is none."""
        if self.keep_unknown and code not in self._index:
            return Code(code, self.system)
        return self._index.get(code)


def index_maps(maps: Iterable[CodeMap]) -> dict[str, CodeMap]:
    """Return the maps by name."""
    return {code_map.name: code_map for code_map in maps}
