"""What the standard says of each version: structures, segments, data types, code tables.

hl7apy's tables, compiled once per version to flat frozen rows; the only importer of hl7apy.
Load versions before threads start (`preload`): hl7apy imports a version at first use.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from hl7apy import SUPPORTED_LIBRARIES, load_library

Rows = Sequence[tuple[str, Sequence[object] | None, tuple[int, int], str]]

_UNDESCRIBED = ("leaf", None, "", "", "")

UNBOUNDED = -1
DEFAULT_VERSION = "2.8.2"

STRUCTURES = {
    "A04": "A01",
    "A08": "A01",
    "A13": "A01",
    "A14": "A05",
    "A28": "A05",
    "A31": "A05",
    "A07": "A06",
    "A10": "A09",
    "A11": "A09",
    "A40": "A39",
    "A41": "A39",
    "A42": "A39",
    "A22": "A21",
    "A23": "A21",
    "A25": "A21",
    "A26": "A21",
    "A27": "A21",
    "A29": "A21",
    "A32": "A21",
    "A33": "A21",
}


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field of a segment, or a component of a data type.

    `most` is the number of repetitions allowed, UNBOUNDED for any; 0 marks a withdrawn field.
    """

    name: str
    datatype: str
    table: str
    required: bool
    most: int


WITHDRAWN = FieldUse("Withdrawn", "", "", required=False, most=0)


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """A place of a segment in a message structure, with the groups that hold it.

    It is `required` in every message, or only `needed` where its group is there; it `repeats` by
    itself or with a group.
    """

    id: str
    groups: tuple[str, ...]
    required: bool
    repeats: bool
    needed: bool = False


@dataclass(frozen=True)
class Dictionary:
    """One version of the standard."""

    version: str
    segments: Mapping[str, tuple[FieldUse, ...]]
    components: Mapping[str, tuple[FieldUse, ...]]
    tables: Mapping[str, frozenset[str]]
    structures: Mapping[str, tuple[SegmentUse, ...]]
    _placed: dict[str, Mapping[str, SegmentUse]] = field(default_factory=dict, repr=False)

    def places(self, structure: str) -> Mapping[str, SegmentUse]:
        """Return the first place of each segment of a structure, empty for an unknown one."""
        if structure not in self._placed:
            uses = self.structures.get(structure, ())
            self._placed[structure] = {use.id: use for use in reversed(uses)}
        return self._placed[structure]


def supported_versions() -> tuple[str, ...]:
    """Return the versions there are tables for, oldest first."""
    return tuple(sorted(SUPPORTED_LIBRARIES, key=_numbers))


def nearest_version(version: str) -> str:
    """Return the version whose tables to use: the same, else the next lower, else the newest."""
    known = supported_versions()
    if version in known:
        return version
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        return DEFAULT_VERSION
    lower = [candidate for candidate in known if _numbers(candidate) <= _numbers(version)]
    return lower[-1] if lower else known[0]


def structure_of(code: str, trigger: str, declared: str, dictionary: Dictionary) -> str:
    """Return the message structure (table 0354), derived where MSH-9.3 is missing or unknown."""
    derived = f"{code}_{STRUCTURES.get(trigger, trigger)}" if code == "ADT" else f"{code}_{trigger}"
    candidates: tuple[str, ...] = (declared, derived, f"{code}_{trigger}", code)
    if code == "ADT" and derived in dictionary.structures:
        candidates = (derived,)
    return next((name for name in candidates if name in dictionary.structures), "")


@cache
def load(version: str) -> Dictionary:
    """Return the tables of a supported version."""
    library = load_library(version)
    tables = getattr(library, "TABLES", {})
    return Dictionary(
        version=version,
        segments={name: tuple(_fields(_rows(row))) for name, row in library.SEGMENTS.items()},
        components={
            name: _corrected(name, tuple(_fields(rows)))
            for name, rows in library.DATATYPES_STRUCTS.items()
        },
        tables={name: frozenset(row[1]) for name, row in tables.items() if row[1]},
        structures={
            name: tuple(_uses(_rows(row), (), needed=True))
            for name, row in library.MESSAGES.items()
        },
    )


def preload(versions: Iterable[str] = ()) -> None:
    """Load versions, all of them when none is named."""
    for version in tuple(versions) or supported_versions():
        load(version)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _rows(definition: Sequence[object] | None) -> Rows:
    """Return the children of a definition: `(kind, children, ...)`, or only the children."""
    if not definition:
        return ()
    children = definition[1:2] if isinstance(definition[0], str) else (definition,)
    return next((rows for rows in children if isinstance(rows, Sequence)), ())


def _corrected(datatype: str, uses: tuple[FieldUse, ...]) -> tuple[FieldUse, ...]:
    """Give TS.1 its format: before 2.5 the tables call it ST."""
    if datatype != "TS" or not uses:
        return uses
    return (replace(uses[0], datatype="DTM"), *uses[1:])


def _fields(rows: Rows) -> Iterator[FieldUse]:
    """Yield the fields each at its number: one that the tables leave out is a withdrawn one."""
    due = 1
    for label, definition, (least, most), _ in rows:
        number = label.rpartition("_")[2]
        for _ in range(due, int(number) if number.isdigit() else due):
            yield WITHDRAWN
            due += 1
        due += 1
        _, _, datatype, name, table = (definition or _UNDESCRIBED)[:5]
        title = str(name).replace("_", " ").capitalize()
        yield FieldUse(title, str(datatype or ""), str(table or ""), least > 0, most)


def _uses(
    rows: Rows, groups: tuple[str, ...], *, needed: bool, repeated: bool = False
) -> Iterator[SegmentUse]:
    """Flatten the groups of a structure; a segment is required when all that holds it is."""
    for name, definition, (least, most), kind in rows:
        required = needed and least > 0
        repeats = repeated or most != 1
        if kind == "GRP":
            inner = _rows(definition)
            yield from _uses(inner, (*groups, name), needed=required, repeated=repeats)
        else:
            yield SegmentUse(name, groups, required, repeats, least > 0)
