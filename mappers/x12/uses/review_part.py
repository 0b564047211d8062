"""What an event and a service of a 278 are both told by: request, decision, dates, papers."""

from mappers.x12.grammar import (
    ElementUse,
    SegmentUse,
    can,
    may,
    may_parts,
    must,
    need,
)
from mappers.x12.uses.fact import some
from mappers.x12.uses.review_party import (
    Review,
    references,
)


def trace(name: str) -> SegmentUse:
    """Return the trace numbers of an event or a service: one of each party that has a part."""
    return can("TRN", name, need(1, "1", "2"), need(2), need(3), may(4), repeat=3)


def review_information(name: str, *, is_required: bool) -> SegmentUse:
    """Return what is asked: kind of review, of certification, of service, and where."""
    certification = ("1", "2", "3", "4", "5", "6", "I", "N", "R", "S")
    rows: tuple[ElementUse, ...] = (
        need(1, "AR", "HS", "IN", "SC"),
        may(2, *certification),
        may(3),
        may_parts(4, need(1), need(2, "A", "B"), may(3)),
        may_parts(5, need(1, "AA", "AP", "EM", "OA"), may(2), may(3), may(4), may(5)),
        *some(6, 10),
    )
    maker = must if is_required else can
    return maker("UM", name, *rows)


def decision(review: Review, name: str) -> tuple[SegmentUse, ...]:
    """Return the decision of an answer, or the one an inquiry looks for: number and reasons."""
    actions = ("A1", "A2", "A3", "A4", "A6", "C", "CT", "NA")
    rows = (need(1, *actions), may(2), may(3), may(4, "N", "Y"))
    return (can("HCR", name, *rows),) if review.is_answer or review.is_inquiry else ()


def earlier_reviews(name: str) -> tuple[SegmentUse, SegmentUse]:
    """Return the numbers of an earlier review: authorization, administration."""
    return (
        references("BB", f"{name}'s earlier authorization", 1),
        references("NT", f"{name}'s earlier administrative number", 1),
    )


def day(code: str, name: str, *forms: str) -> SegmentUse:
    """Return a situational date; a day unless other forms are given."""
    return can("DTP", name, need(1, code), need(2, *(forms or ("D8",))), need(3))


def validity(review: Review) -> tuple[SegmentUse, ...]:
    """Return from when to when a certification holds."""
    if not (review.is_answer or review.is_inquiry):
        return ()
    forms = ("D8", "RD8") if review.is_inquiry else ("D8",)
    return (
        day("102", "certification issued", *forms),
        day("036", "certification ends", *forms),
        day("007", "certification holds", "D8", "RD8"),
    )


def papers(name: str) -> SegmentUse:
    """Return a paper that is sent (request) or asked for (answer), with its control number."""
    delivery = need(2, "AA", "BM", "EL", "EM", "FT", "FX", "VO")
    return can("PWK", name, need(1), delivery, may(5, "AC"), may(6), may(7), repeat=10)
