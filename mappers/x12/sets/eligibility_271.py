"""The eligibility answer, 271: 005010X279A1."""

from mappers.x12.grammar import UNBOUNDED, Guide, can, loop, may, must, need, needed_loop
from mappers.x12.uses.benefit import MEMBER_DATES, MEMBER_IDS, benefit, contact, validation
from mappers.x12.uses.eligibility import level, receiver, source, trace
from mappers.x12.uses.fact import END, begin, some
from mappers.x12.uses.member import DEPENDENT, SUBSCRIBER, member, periods, relation

_RELATIONS = ("01", "19", "20", "21", "39", "40", "53", "G8")
_MILITARY = can("MPI", "military service", need(1), need(2), need(3), *some(4, 7), repeat=9)

ROOT = needed_loop(
    "271",
    "eligibility answer",
    begin("271"),
    must("BHT", "answer", need(1, "0022"), need(2, "06", "11"), may(3), need(4), need(5)),
    needed_loop(
        "2000A",
        "source level",
        level("20", "source level", ("0", "1")),
        validation("why the source does not answer"),
        source(contact("source's contact"), validation("why the source refuses")),
        loop(
            "2000B",
            "receiver level",
            level("21", "receiver level", ("0", "1"), need(2)),
            receiver(validation("why the receiver is refused")),
            loop(
                "2000C",
                "subscriber level",
                level("22", "subscriber level", ("0", "1"), need(2)),
                trace("subscriber's trace", ("1", "2"), 3),
                member(
                    "2100C",
                    "subscriber",
                    SUBSCRIBER,
                    MEMBER_IDS,
                    relation("subscriber's relation", "Y", ("18",), may(3, "001"), may(4, "25")),
                    periods(MEMBER_DATES, "subscriber's date", 9),
                    _MILITARY,
                    benefit("C"),
                    validation=(validation("why the subscriber is not found"),),
                ),
                loop(
                    "2000D",
                    "dependent level",
                    level("23", "dependent level", ("0",), need(2)),
                    trace("dependent's trace", ("1", "2"), 3),
                    member(
                        "2100D",
                        "dependent",
                        DEPENDENT,
                        MEMBER_IDS,
                        relation(
                            "dependent's relation", "N", _RELATIONS, may(3, "001"), may(4, "25")
                        ),
                        periods(MEMBER_DATES, "dependent's date", 9),
                        _MILITARY,
                        benefit("D"),
                        validation=(validation("why the dependent is not found"),),
                    ),
                    repeat=UNBOUNDED,
                ),
                repeat=UNBOUNDED,
            ),
            repeat=UNBOUNDED,
        ),
        repeat=UNBOUNDED,
    ),
    END,
)

GUIDE = Guide(
    kind="271",
    versions=("005010X279A1", "005010X279"),
    set_id="271",
    functional_id="HB",
    name="eligibility answer",
    root=ROOT,
    unit="2000C",
)
