"""Facts around a claim: references, dates, amounts, notes; and how a set begins and ends."""

from mappers.x12.grammar import ElementUse, SegmentUse, can, may, must, need

END = must("SE", "set ends", need(1), need(2))


def begin(set_id: str) -> SegmentUse:
    """Return the opening segment of a set that names its guide."""
    return must("ST", "set begins", need(1, set_id), need(2), need(3))


def batch(
    name: str, structure: str, purposes: str, kinds: str = "", *, is_timed: bool = True
) -> SegmentUse:
    """Return the BHT of a set: structure, purposes and, where it has one, kind of business."""
    time = need(5) if is_timed else may(5)
    kind = (need(6, *kinds.split("|")),) if kinds else ()
    purpose = need(2, *purposes.split("|"))
    return must("BHT", name, need(1, structure), purpose, need(3), need(4), time, *kind)


def some(first: int, last: int) -> tuple[ElementUse, ...]:
    """Return situational elements `first` to `last`."""
    return tuple(may(position) for position in range(first, last + 1))


def reference(codes: str, name: str, repeat: int = 1) -> SegmentUse:
    """Return a situational reference."""
    return can("REF", name, need(1, *codes.split("|")), need(2), repeat=repeat)


def date(codes: str, name: str, *forms: str) -> SegmentUse:
    """Return a situational date; D8 unless other forms are given."""
    return can("DTP", name, need(1, *codes.split("|")), need(2, *(forms or ("D8",))), need(3))


def amount(code: str, name: str) -> SegmentUse:
    """Return a situational amount."""
    return can("AMT", name, need(1, code), need(2))


def note(name: str, *codes: str, repeat: int = 1) -> SegmentUse:
    """Return a situational note."""
    return can("NTE", name, need(1, *codes), need(2), repeat=repeat)
