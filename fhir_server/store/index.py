"""The index rows a write adds and removes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeVar

from fhir_server.search.rows import Rows

T = TypeVar("T")
IndexRow = tuple[int | float | str, ...]
UNSTORABLE = ("\x00", "\x1f")
"""What a text of PostgreSQL cannot hold, and what separates the texts sent to it."""


@dataclass(frozen=True, slots=True)
class Change:
    """Rows to write to or delete from the index tables for one resource."""

    eq: Sequence[int] = ()
    ref: Sequence[tuple[int, int]] = ()
    str: Sequence[tuple[int, str]] = ()
    date: Sequence[tuple[int, int, int]] = ()
    num: Sequence[tuple[int, float, float]] = ()


NONE = Change()
TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ix_eq", ("key",)),
    ("ix_ref", ("key", "target")),
    ("ix_str", ("key", "value")),
    ("ix_date", ("key", "lo", "hi")),
    ("ix_num", ("key", "lo", "hi")),
)
"""The index tables and their columns before rid."""
BY_TARGET = itemgetter(1, 0, 2)
"""The order of the index of references: target, key, resource."""


def difference(these: Change, those: Change) -> Change:
    """Return the rows of one that are not in the other."""
    return Change(
        _without(these.eq, those.eq),
        _without(these.ref, those.ref),
        _without(these.str, those.str),
        _without(these.date, those.date),
        _without(these.num, those.num),
    )


def all_of(rows: Rows) -> Change:
    """Return every row, its texts fit to be stored."""
    return Change(rows.eq, rows.ref, _storable(rows.str), rows.date, rows.num)


def storable(text: str) -> str:
    """Return the text with a space for every character that cannot be stored."""
    for mark in UNSTORABLE:
        text = text.replace(mark, " ")
    return text


def gathered(changes: Iterable[tuple[int, Change]]) -> list[list[IndexRow]]:
    """Return the index rows of resources, table by table as in TABLES, each row with its rid.

    They are in the order of the index, so that the rows of many resources touch each of its pages
    once: half the work of writing them as they come.
    """
    tables: list[list[IndexRow]] = [[] for _ in TABLES]
    eq, *others = tables
    references = others[0]
    for rid, change in changes:
        eq += [(key, rid) for key in change.eq]
        parts: tuple[Sequence[IndexRow], ...] = (change.ref, change.str, change.date, change.num)
        for rows, some in zip(others, parts, strict=True):
            rows += [(*row, rid) for row in some]
    for rows in tables:
        rows.sort(key=BY_TARGET if rows is references else None)
    return tables


def _without(these: Sequence[T], those: Sequence[T]) -> Sequence[T]:
    other = set(those)
    return [one for one in these if one not in other]


def _storable(rows: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str]]:
    joined = "".join([value for _, value in rows])
    if not any(mark in joined for mark in UNSTORABLE):
        return rows
    return sorted({(key, storable(value)) for key, value in rows})
