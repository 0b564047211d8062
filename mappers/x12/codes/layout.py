"""How publishers lay out their code lists: the names of their columns, and rows that are no codes.

Known layouts: the CSV of X12 (CARC, RARC, statuses), the place of service table of CMS, the HCPCS
file of CMS (ANWEB, saved as CSV), the taxonomy of NUCC, FHIR and plain tables. The ICD-10-CM
order file of CDC has fixed columns: `order_file`. Facts of form only; no text of any list is here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CODE = (
    "code",
    "codes",
    "hcpc",
    "hcpcs",
    "hcpcs code",
    "icd10cm",
    "diagnosis code",
    "place of service code(s)",
    "place of service codes",
    "place of service code",
    "pos code",
    "taxonomy code",
    "value",
)
SINCE = (
    "start",
    "start date",
    "since",
    "add dt",
    "added date",
    "effective",
    "effective date",
    "begin date",
)
UNTIL = (
    "stop",
    "stop date",
    "until",
    "term dt",
    "termination date",
    "deactivation date",
    "end date",
)
TEXT = (
    "display name",
    "short description",
    "place of service name",
    "description",
    "long description",
    "text",
    "display",
    "name",
    "classification",
    "definition",
)
RECORD = ("recid", "record id")
LONGEST_PREAMBLE = 20
"""Lines of title and notice that may stand before the header."""
UNASSIGNED = frozenset({"unassigned", "reserved"})
"""The text of rows that stand for codes nobody has: `27-30, Unassigned`."""


@dataclass(frozen=True, slots=True)
class RecordKind:
    """What a row of the HCPCS file is by its RECID: a code or its continuation, of which list."""

    lists: tuple[str, ...]
    continues: bool = False


RECORDS: dict[str, RecordKind] = {
    "3": RecordKind(("hcpcs",)),
    "4": RecordKind(("hcpcs",), continues=True),
    "7": RecordKind(("modifier",)),
    "8": RecordKind(("modifier",), continues=True),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where code, days, words and kind of record stand in a row; -1 where there is no such one."""

    code: int
    since: int
    until: int
    text: int
    record: int


def columns_of(header: Sequence[str]) -> Columns | None:
    """Return the columns a header names; None where it names no code."""
    names = [" ".join(cell.strip("\ufeff").lower().replace("_", " ").split()) for cell in header]

    def at(known: Sequence[str]) -> int:
        return next((names.index(one) for one in known if one in names), -1)

    code = at(CODE)
    return Columns(code, at(SINCE), at(UNTIL), at(TEXT), at(RECORD)) if code >= 0 else None
