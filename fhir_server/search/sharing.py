"""Which parameters of a type share rows, and which have a bit: from their definitions alone.

Keys and bits are stored, so the answers are the same in every process and in any order.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from profiles.definition import SearchParameter

STANDARD = "http://hl7.org/fhir/SearchParameter/"
"""Begins the canonical of each parameter of R4 itself."""
SPREADING = ("token", "quantity", "uri")
"""Types of parameters that may be answered by the rows of others."""


def shared_codes(rows: Sequence[SearchParameter]) -> Mapping[str, str]:
    """Return, for each code, that under which its rows are: the first of those that read alike."""
    first: dict[tuple[str, str | None], str] = {}
    ordered = sorted(rows, key=attrgetter("code"))  # their keys are stored: in any order the same
    return {row.code: first.setdefault((row.type, row.expression), row.code) for row in ordered}


def bits_of(rows: Sequence[SearchParameter]) -> Mapping[str, int]:
    """Return the bit of each parameter of R4 in `Rows.present`, by code.

    They are stored, so they follow from the standard alone; no type has more than 36.
    """
    codes = sorted(row.code for row in rows if row.url.startswith(STANDARD))
    return {code: 1 << place for place, code in enumerate(codes)}


def spread_codes(rows: Sequence[SearchParameter]) -> Mapping[str, tuple[str, ...]]:
    """Return, for each code whose rows are those of several others, the codes of these."""
    reads = {row.code: frozenset((row.expression or "").split(" | ")) for row in rows}
    spread: dict[str, tuple[str, ...]] = {}
    for row in rows:
        others = [
            other.code
            for other in rows
            if other.type == row.type and reads[other.code] < reads[row.code]
        ]
        read = frozenset[str]().union(*(reads[code] for code in others))
        if row.type in SPREADING and read == reads[row.code]:
            spread[row.code] = tuple(sorted(others))
    return spread
