"""Read a site's own file of a code list: CSV, with a header that names its columns.

Publishers name columns in their own ways; the names known are rows here. Codes are taken without
blanks and dots, days as 2026-01-31, 20260131 or 1/31/2026. A row that cannot be read is told by its
line and is not taken.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mappers.x12.codes.catalog import Listing
from mappers.x12.codes.code_list import CodeRow

_CODE = ("code", "codes", "hcpc", "hcpcs", "icd10cm", "diagnosis code", "value")
_SINCE = ("start", "since", "effective", "effective date", "start date", "add dt", "begin date")
_UNTIL = ("stop", "until", "end", "stop date", "deactivation date", "term dt", "end date")
_TEXT = (
    "description",
    "text",
    "display",
    "definition",
    "short description",
    "long description",
    "name",
    "display name",
    "classification",
)
_FORMS = ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%m/%d/%y")
_MOST_PROBLEMS = 20


class NoCodes(ValueError):
    """The file holds no codes of the list; the text says what was looked for."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The codes of a file, and what of it could not be read (at most twenty lines)."""

    rows: tuple[CodeRow, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where code, days and words stand in a row; -1 where there is no such column."""

    code: int
    since: int
    until: int
    text: int


def read_csv(lines: Iterable[str], listing: Listing) -> Loaded:
    """Return the codes of a CSV file. Raises NoCodes."""
    table = csv.reader(lines)
    columns = _columns(next(table, []))
    rows: list[CodeRow] = []
    problems: list[str] = []
    for number, cells in enumerate(table, 2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            rows.append(_row(cells, columns, listing))
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if not rows:
        raise NoCodes(f"no code of the list {listing.name} is in the file ({listing.form})")
    return Loaded(tuple(rows), tuple(_few(problems)))


def _few(problems: Sequence[str]) -> Iterator[str]:
    yield from problems[:_MOST_PROBLEMS]
    if len(problems) > _MOST_PROBLEMS:
        yield f"{len(problems) - _MOST_PROBLEMS} further lines"


def _columns(header: Sequence[str]) -> _Columns:
    names = [cell.strip().strip("\ufeff").lower().replace("_", " ") for cell in header]

    def at(known: Sequence[str]) -> int:
        return next((names.index(one) for one in known if one in names), -1)

    if at(_CODE) < 0:
        raise NoCodes(f"the first line names no column of codes: one of {', '.join(_CODE)}")
    return _Columns(at(_CODE), at(_SINCE), at(_UNTIL), at(_TEXT))


def _row(cells: Sequence[str], columns: _Columns, listing: Listing) -> CodeRow:
    def cell(at: int) -> str:
        return cells[at].strip() if 0 <= at < len(cells) else ""

    code = cell(columns.code).replace(".", "").upper()
    if not listing.is_code(code):
        raise ValueError("not the form of a code")
    since, until = _day(cell(columns.since)), _day(cell(columns.until))
    return CodeRow(code, since, until, " ".join(cell(columns.text).split()))


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    raise ValueError("a day is written 2026-01-31, 20260131 or 1/31/2026")
