"""Read a site's own file of a code list: CSV or tabs with a header, or the ICD-10-CM order file.

Publishers name columns in their own ways, which are rows of `layout`. Codes are taken without
blanks and dots, days as 2026-01-31, 20260131 or 1/31/2026. A row that cannot be read is told by its
line and is not taken.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, islice

from mappers.x12.codes import layout
from mappers.x12.codes.catalog import Listing
from mappers.x12.codes.code_list import CodeRow
from mappers.x12.codes.layout import Columns, columns_of
from mappers.x12.codes.order_file import is_order_file, order_rows

_FORMS = ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%m/%d/%y")
_MOST_PROBLEMS = 20


class NoCodes(ValueError):
    """The file holds no codes of the list; the text says what was looked for."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The codes of a file, and what of it could not be read (at most twenty lines)."""

    rows: tuple[CodeRow, ...]
    problems: tuple[str, ...]


def read_csv(lines: Iterable[str], listing: Listing) -> Loaded:
    """Return the codes of a file. Raises NoCodes."""
    stream = iter(lines)
    head = list(islice(stream, layout.LONGEST_PREAMBLE))
    if head and is_order_file(head[0]):
        return _whole(listing, _ordered(chain(head, stream)))
    mark = "\t" if any("\t" in line for line in head) else ","
    table = csv.reader(chain(head, stream), delimiter=mark)
    for cells in table:
        columns = columns_of(cells)
        if columns is not None:
            numbered = ((table.line_num, row) for row in table)
            return _whole(listing, _rows(numbered, columns, listing))
        if table.line_num >= layout.LONGEST_PREAMBLE:
            break
    named = ", ".join(layout.CODE)
    raise NoCodes(f"none of the first lines names a column of codes: one of {named}")


def _whole(listing: Listing, found: Iterator[CodeRow | str]) -> Loaded:
    """Return codes and problems. Raises NoCodes."""
    rows: dict[tuple[str, date | None], CodeRow] = {}
    problems: list[str] = []
    for one in found:
        if isinstance(one, str):
            problems.append(one)
        else:
            rows[one.code, one.since] = one  # a continuation takes the place of what it goes on
    if not rows:
        raise NoCodes(f"no code of the list {listing.name} is in the file ({listing.form})")
    return Loaded(tuple(rows.values()), tuple(_few(problems)))


def _ordered(lines: Iterable[str]) -> Iterator[CodeRow | str]:
    for number, row in enumerate(order_rows(lines), 1):
        yield row or f"code {number}: not a line of the order file"


def _rows(
    table: Iterable[tuple[int, Sequence[str]]], columns: Columns, listing: Listing
) -> Iterator[CodeRow | str]:
    """Yield the codes of the rows below the header, and why some are none."""
    last: CodeRow | None = None
    for number, cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        kind = layout.RECORDS.get(_cell(cells, columns.record))
        if _is_unassigned(cells, columns) or (kind and listing.name not in kind.lists):
            continue
        try:
            row = _row(cells, columns, listing)
        except ValueError as error:
            yield f"line {number}: {error}"
            continue
        if kind and kind.continues and last and last.code == row.code:
            row = replace(last, text=f"{last.text} {row.text}".strip())
        last = row
        yield row


def _is_unassigned(cells: Sequence[str], columns: Columns) -> bool:
    return _cell(cells, columns.text).lower() in layout.UNASSIGNED


def _few(problems: Sequence[str]) -> Iterator[str]:
    yield from problems[:_MOST_PROBLEMS]
    if len(problems) > _MOST_PROBLEMS:
        yield f"{len(problems) - _MOST_PROBLEMS} further lines"


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].strip() if 0 <= at < len(cells) else ""


def _row(cells: Sequence[str], columns: Columns, listing: Listing) -> CodeRow:
    code = _cell(cells, columns.code).replace(".", "").upper()
    if not listing.is_code(code):
        raise ValueError("not the form of a code")
    since, until = _day(_cell(cells, columns.since)), _day(_cell(cells, columns.until))
    return CodeRow(code, since, until, " ".join(_cell(cells, columns.text).split()))


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    raise ValueError("a day is written 2026-01-31, 20260131 or 1/31/2026")
