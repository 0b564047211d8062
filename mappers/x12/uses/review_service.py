"""One service of a reviewed event (2000F): what, how often, when, by whom."""

from mappers.x12.grammar import (
    UNBOUNDED,
    Loop,
    can,
    loop,
    may,
    may_parts,
    must,
    need,
    need_parts,
)
from mappers.x12.uses.claim import MODIFIERS
from mappers.x12.uses.fact import some
from mappers.x12.uses.review_part import (
    day,
    decision,
    earlier_reviews,
    papers,
    review_information,
    trace,
    validity,
)
from mappers.x12.uses.review_party import Review
from mappers.x12.uses.review_provider import information_contact, provider

_PROCEDURE = (*MODIFIERS, may(7), may(8))
_POINTERS = may_parts(7, need(1), may(2), may(3), may(4))
_SERVICES = (
    can(
        "SV1",
        "professional service",
        need_parts(1, need(1, "HC", "IV", "N4", "WK", "ZZ"), need(2), *_PROCEDURE),
        may(2),
        may(3, "F2", "MJ", "UN"),
        may(4),
        _POINTERS,
        may(11, "N", "Y"),
        may(20),
    ),
    can(
        "SV2",
        "institutional service",
        may(1),
        may_parts(2, need(1, "HC", "ID", "IV", "N4", "WK", "ZZ"), need(2), *_PROCEDURE),
        may(3),
        may(4, "DA", "F2", "UN"),
        may(5),
        may(6),
        may(9),
        may(10),
    ),
    can(
        "SV3",
        "dental service",
        need_parts(1, need(1, "AD"), need(2), *_PROCEDURE),
        may(2),
        may_parts(4, need(1), may(2), may(3), may(4), may(5)),
        may(5, "I", "R"),
        need(6),
        may(7),
    ),
    can(
        "TOO",
        "tooth",
        need(1, "JP"),
        need(2),
        may_parts(3, need(1), may(2), may(3), may(4), may(5)),
        repeat=32,
    ),
)
_HEALTH_CODE = (need(1, "LOI"), need(2))
_ASKED = can(
    "HI",
    "information asked for",
    need_parts(1, *_HEALTH_CODE),
    *(may_parts(at, *_HEALTH_CODE) for at in range(2, 13)),
)


def service(review: Review) -> Loop:
    """Return the loop of one service."""
    last = (
        (
            provider(review, "2010FA", "service's provider", 10),
            information_contact("2010FB"),
        )
        if review.is_answer
        else (provider(review, "2010F", "service's provider", 10),)
    )
    return loop(
        "2000F",
        "service",
        must("HL", "service level", need(1), need(2), need(3, "SS"), need(4, "0")),
        trace("service's trace"),
        *review.validation,
        review_information("what is asked for the service", is_required=False),
        *decision(review, "decision on the service"),
        *earlier_reviews("service"),
        day("472", "date of service", "D8", "RD8"),
        *validity(review),
        *((_ASKED,) if review.is_answer else ()),
        *_SERVICES,
        can("HSD", "delivery of the service", *some(1, 8)),
        papers("service's paper"),
        can("MSG", "service's message", need(1)),
        *last,
        repeat=UNBOUNDED,
    )
