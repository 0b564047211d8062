"""The eligibility answer, 271: 005010X279A1.

References and dates under a benefit (2110) may also be those of the member (2100): payers send
them there, and a date after EB belongs to the benefit.
"""

from mappers.x12.grammar import (
    UNBOUNDED,
    Guide,
    Loop,
    SegmentUse,
    can,
    loop,
    may,
    may_parts,
    must,
    need,
    needed_loop,
)
from mappers.x12.uses.claim import MODIFIERS
from mappers.x12.uses.eligibility import (
    DEPENDENT,
    PROCEDURE_KIND,
    ROLES,
    SUBSCRIBER,
    address,
    described_reference,
    level,
    member,
    periods,
    receiver,
    relation,
    source,
    trace,
)
from mappers.x12.uses.fact import END, begin, some

_NUMBERS = ("ED", "EM", "FX", "TE", "UR", "WP")
_MEMBER_IDS = "18|1L|1W|3H|49|6P|CE|CT|EA|EJ|F6|GH|HJ|IF|IG|MRC|N6|NQ|Q4|SY|Y4"
_BENEFIT_IDS = f"{_MEMBER_IDS}|9F|ALS|CLI|FO|G1|M7"
_MEMBER_DATES = (
    "096|102|152|291|307|318|340|341|342|343|346|347|356|357|382|435|442|458|472|539|540|636|771"
)
_BENEFIT_DATES = f"{_MEMBER_DATES}|193|194|198|290|292|295|304|348|349"
_RELATIONS = ("01", "19", "20", "21", "39", "40", "53", "G8")
_INFORMATION = (*"12345678", *"ABC", "CB", *"DEFGHIJKLM", "MC", *"NOPQRSTUVWXY")
_LEVELS = ("CHD", "DEP", "ECH", "EMP", "ESP", "FAM", "IND", "SPC", "SPO")


def _validation(name: str) -> SegmentUse:
    """Return why a request was not answered, and what to do."""
    return can("AAA", name, need(1, "N", "Y"), need(3), need(4), repeat=9)


def _contact(name: str) -> SegmentUse:
    further = (*_NUMBERS, "EX")
    return can(
        "PER",
        name,
        need(1, "IC"),
        may(2),
        may(3, *_NUMBERS),
        may(4),
        may(5, *further),
        may(6),
        may(7, *further),
        may(8),
        repeat=3,
    )


def _related(id: str) -> Loop:
    """Return someone who has to do with a benefit: another payer, a primary care provider."""
    return loop(
        id,
        "benefit's related party",
        must(
            "NM1",
            "benefit's related party",
            need(
                1,
                *("13", "1I", "1P", "2B", "36", "73", "FA", "GP", "GW", "I3", "IL", "LR", "OC"),
                *("P3", "P4", "P5", "PR", "PRP", "SEP", "TTP", "VER", "VN", "VY", "X3", "Y2"),
            ),
            need(2, "1", "2"),
            may(3),
            may(4),
            may(5),
            may(7),
            may(8, "24", "34", "46", "FA", "FI", "II", "MI", "NI", "PI", "PP", "SV", "XV", "XX"),
            may(9),
            may(10),
        ),
        *address("related party"),
        _contact("related party's contact"),
        can("PRV", "related party's specialty", need(1, *ROLES.split("|")), may(2, "PXC"), may(3)),
        repeat=23,
    )


def _benefit(last: str) -> Loop:
    """Return one benefit: what is covered, how far, for how long, from whom."""
    return loop(
        f"2110{last}",
        "benefit",
        must(
            "EB",
            "benefit",
            need(1, *_INFORMATION),
            may(2, *_LEVELS),
            *some(3, 10),
            may(11, "N", "U", "Y"),
            may(12, "N", "U", "W", "Y"),
            may_parts(13, PROCEDURE_KIND, need(2), *MODIFIERS, may(8)),
            may_parts(14, need(1), may(2), may(3), may(4)),
        ),
        can("HSD", "delivery of the benefit", *some(1, 8), repeat=9),
        described_reference(_BENEFIT_IDS, "benefit's reference"),
        periods(_BENEFIT_DATES, "benefit's date", 20),
        _validation("why the benefit is not told"),
        can("MSG", "benefit's message", need(1), repeat=10),
        loop(
            f"2115{last}",
            "more of the benefit",
            must("III", "more of the benefit", may(1, "GR", "NI", "ZZ"), may(2), may(3), may(4)),
            repeat=10,
        ),
        can("LS", "related parties begin", need(1, "2120")),
        _related(f"2120{last}"),
        can("LE", "related parties end", need(1, "2120")),
        repeat=UNBOUNDED,
    )


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
        _validation("why the source does not answer"),
        source(_contact("source's contact"), _validation("why the source refuses")),
        loop(
            "2000B",
            "receiver level",
            level("21", "receiver level", ("0", "1"), need(2)),
            receiver(_validation("why the receiver is refused")),
            loop(
                "2000C",
                "subscriber level",
                level("22", "subscriber level", ("0", "1"), need(2)),
                trace("subscriber's trace", ("1", "2"), 3),
                member(
                    "2100C",
                    "subscriber",
                    SUBSCRIBER,
                    _MEMBER_IDS,
                    relation("subscriber's relation", "Y", ("18",), may(3, "001"), may(4, "25")),
                    periods(_MEMBER_DATES, "subscriber's date", 9),
                    _MILITARY,
                    _benefit("C"),
                    validation=(_validation("why the subscriber is not found"),),
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
                        _MEMBER_IDS,
                        relation(
                            "dependent's relation", "N", _RELATIONS, may(3, "001"), may(4, "25")
                        ),
                        periods(_MEMBER_DATES, "dependent's date", 9),
                        _MILITARY,
                        _benefit("D"),
                        validation=(_validation("why the dependent is not found"),),
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
