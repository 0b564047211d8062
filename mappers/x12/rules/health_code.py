"""The codes in HI segments: diagnoses, conditions and the like."""

from collections.abc import Iterator

from mappers.x12.lexer import Segment
from mappers.x12.rules.view import View

_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF", "ABJ", "BJ", "APR", "PR", "ABN", "BN"})
_LISTED = frozenset({"ABK", "ABF", "BK", "BF"})


def diagnoses(claim: View, *, all_kinds: bool = False) -> list[tuple[Segment, int]]:
    """Return where the diagnoses of a claim stand (HI segment and element), in order.

    Those lines may point to; with `all_kinds` admitting, reason and cause too.
    """
    if all_kinds:
        return _found(claim, _DIAGNOSES)
    found = claim.diagnoses
    if found is None:
        found = claim.diagnoses = _found(claim, _LISTED)
    return found


def _found(claim: View, kinds: frozenset[str]) -> list[tuple[Segment, int]]:
    return [
        (segment, position)
        for segment in claim.segments.get("HI", ())
        for position, text in enumerate(segment.elements)
        if position and text.split(segment.delimiters.component, 1)[0] in kinds
    ]


def health_codes(claim: View, qualifier: str) -> Iterator[str]:
    """Yield the codes of one kind in HI (BG condition, BE value...)."""
    for segment in claim.segments.get("HI", ()):
        for position in range(1, len(segment.elements)):
            parts = segment.components(position)
            if len(parts) > 1 and parts[0] == qualifier:
                yield parts[1]
