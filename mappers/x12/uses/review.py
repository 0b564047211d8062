"""Who reviews, who asks, for whom: what the four 278 guides (X217, X215) share of the levels."""

from mappers.x12.grammar import (
    UNBOUNDED,
    ElementUse,
    Loop,
    SegmentUse,
    can,
    loop,
    may,
    must,
    need,
    needed_loop,
)
from mappers.x12.uses.fact import END, begin
from mappers.x12.uses.party import GENDER
from mappers.x12.uses.review_party import (
    ORGANIZATION_KINDS,
    PROVIDER_IDS,
    PROVIDER_KINDS,
    Review,
    contact,
    named,
    place,
    references,
)

_REVIEWERS = "X3|PR|2B|36|FA|1P|P5|GP"
_REQUESTERS = "1P|FA|2B|36|GP|P5|PR|X3"
_SUBSCRIBER_IDS = "1L|1W|3L|6P|DP|EJ|F6|HJ|IG|N6|NQ|SY"
_DEPENDENT_IDS = "1W|28|6P|A6|EJ|SY"


def _level(code: str, name: str, *parent: ElementUse) -> SegmentUse:
    return must("HL", name, need(1), *parent, need(3, code), need(4, "0", "1"))


def _person(
    review: Review, id: str, name: str, opening: SegmentUse, ids: str, relation: SegmentUse
) -> Loop:
    return needed_loop(
        id,
        name,
        opening,
        references(ids, f"{name}'s further id", 9),
        *place(name),
        *review.validation,
        can("DMG", f"{name}'s birth and gender", need(1, "D8"), need(2), may(3, *GENDER)),
        relation,
    )


def _reviewer(review: Review) -> Loop:
    known = (need(8, *ORGANIZATION_KINDS), need(9))
    return needed_loop(
        "2010A",
        "reviewer",
        named(_REVIEWERS, "reviewer", ("1", "2"), known),
        *((contact("reviewer's contact"),) if review.is_answer else ()),
        *review.validation,
    )


def _requester(review: Review) -> Loop:
    return needed_loop(
        "2010B",
        "requester",
        named(_REQUESTERS, "requester", ("1", "2"), (need(8, *PROVIDER_KINDS), need(9))),
        references(PROVIDER_IDS, "requester's further id", 8),
        *place("requester"),
        contact("requester's contact"),
        *review.validation,
        can("PRV", "requester's specialty", need(1), may(2, "PXC"), may(3)),
    )


def _subscriber(review: Review, event: Loop) -> Loop:
    member = named("IL", "subscriber", ("1", "2"), (need(8, "II", "MI", "24", "34"), need(9)))
    relation = can("INS", "subscriber's standing", need(1, "Y"), need(2, "18"), may(8))
    return loop(
        "2000C",
        "subscriber level",
        _level("22", "subscriber level", need(2)),
        _person(review, "2010C", "subscriber", member, _SUBSCRIBER_IDS, relation),
        event,
        _dependent(review, event),
        repeat=UNBOUNDED,
    )


def _dependent(review: Review, event: Loop) -> Loop:
    name = named("QC", "dependent", ("1",), ())
    relation = can("INS", "dependent's relation", need(1, "N"), need(2), may(17))
    return loop(
        "2000D",
        "dependent level",
        _level("23", "dependent level", need(2)),
        _person(review, "2010D", "dependent", name, _DEPENDENT_IDS, relation),
        event,
        repeat=UNBOUNDED,
    )


def reviews(review: Review, event: Loop) -> Loop:
    """Return the root of a 278: reviewer, requester, subscriber, dependent and their events."""
    return needed_loop(
        "278",
        review.name,
        begin("278"),
        review.batch,
        needed_loop(
            "2000A",
            "reviewer level",
            _level("20", "reviewer level"),
            *review.validation,
            _reviewer(review),
            loop(
                "2000B",
                "requester level",
                _level("21", "requester level", need(2)),
                _requester(review),
                _subscriber(review, event),
                repeat=UNBOUNDED,
            ),
        ),
        END,
    )
