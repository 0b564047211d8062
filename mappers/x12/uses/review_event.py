"""The event that is reviewed (2000E): an admission, a referral, a course of services."""

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
from mappers.x12.uses.claim import conditions
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
from mappers.x12.uses.review_provider import (
    information_contact,
    other_reviewer,
    provider,
    transport,
)

_DIAGNOSES = ("ABF", "ABJ", "ABK", "APR", "BF", "BJ", "BK", "DR", "LOI", "PR")
_DIAGNOSIS = (need(1, *_DIAGNOSES), need(2), may(3, "D8"), may(4))
_HEALTH = (
    can(
        "HI",
        "diagnoses",
        need_parts(1, *_DIAGNOSIS),
        *(may_parts(at, *_DIAGNOSIS) for at in range(2, 13)),
    ),
    can("HSD", "delivery of the services", *some(1, 8)),
    conditions("ambulance conditions", "07", repeat=1),
    conditions("chiropractic conditions", "08", repeat=1),
    conditions("equipment conditions", "09", repeat=1),
    conditions("oxygen conditions", "11", repeat=1),
    conditions("functional limitations", "75", repeat=1),
    conditions("activities permitted", "76", repeat=1),
    conditions("mental status", "77", repeat=1),
    can("CL1", "admission", *some(1, 4)),
    can("CR1", "ambulance transport", *some(1, 6), may(9), may(10)),
    can("CR2", "spinal manipulation", *some(1, 4), *some(8, 12)),
    can("CR5", "oxygen at home", *some(3, 18)),
    can("CR6", "health care at home", need(1), *some(2, 4), *some(7, 17)),
)
_DATES = (
    day("439", "accident"),
    day("484", "last menstrual period"),
    day("ABC", "estimated birth"),
    day("431", "onset of illness"),
    day("AAH", "event", "D8", "RD8"),
    day("435", "admission", "D8", "RD8"),
    day("096", "discharge", "D8", "RD8"),
)


def event(review: Review, service: Loop) -> Loop:
    """Return the loop of one event, with its services."""
    last = (
        (information_contact("2010EB"), transport("2010EC", review), other_reviewer("2010ED"))
        if review.is_answer
        else (transport("2010EB", review), other_reviewer("2010EC"))
    )
    return loop(
        "2000E",
        "event",
        must("HL", "event level", need(1), need(2), need(3, "EV"), need(4, "0", "1")),
        trace("event's trace"),
        *review.validation,
        review_information("what is asked", is_required=not review.is_answer),
        *decision(review, "decision on the event"),
        *earlier_reviews("event"),
        *_DATES,
        *validity(review),
        *_HEALTH,
        papers("event's paper"),
        can("MSG", "message", need(1)),
        provider(review, "2010EA", "event's provider", 14),
        *last,
        service,
        repeat=UNBOUNDED,
    )
