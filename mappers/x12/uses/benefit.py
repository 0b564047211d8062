"""One benefit of an eligibility answer (271), and who has to do with it.

References and dates under a benefit (2110) may also be those of the member (2100): payers send
them there, and a date after EB belongs to the benefit.
"""

from mappers.x12.grammar import UNBOUNDED, Loop, SegmentUse, can, loop, may, may_parts, must, need
from mappers.x12.uses.claim import MODIFIERS
from mappers.x12.uses.eligibility import ROLES, address, described_reference
from mappers.x12.uses.fact import some
from mappers.x12.uses.member import PROCEDURE_KIND, periods

_NUMBERS = ("ED", "EM", "FX", "TE", "UR", "WP")
MEMBER_IDS = "18|1L|1W|3H|49|6P|CE|CT|EA|EJ|F6|GH|HJ|IF|IG|MRC|N6|NQ|Q4|SY|Y4"
MEMBER_DATES = (
    "096|102|152|291|307|318|340|341|342|343|346|347|356|357|382|435|442|458|472|539|540|636|771"
)
_BENEFIT_IDS = f"{MEMBER_IDS}|9F|ALS|CLI|FO|G1|M7"
_BENEFIT_DATES = f"{MEMBER_DATES}|193|194|198|290|292|295|304|348|349"
_INFORMATION = (*"12345678", *"ABC", "CB", *"DEFGHIJKLM", "MC", *"NOPQRSTUVWXY")
_LEVELS = ("CHD", "DEP", "ECH", "EMP", "ESP", "FAM", "IND", "SPC", "SPO")


def validation(name: str) -> SegmentUse:
    """Return why a request was not answered, and what to do."""
    return can("AAA", name, need(1, "N", "Y"), need(3), need(4), repeat=9)


def contact(name: str) -> SegmentUse:
    """Return how to reach someone, a web page included."""
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
        contact("related party's contact"),
        can("PRV", "related party's specialty", need(1, *ROLES.split("|")), may(2, "PXC"), may(3)),
        repeat=23,
    )


def benefit(last: str) -> Loop:
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
        validation("why the benefit is not told"),
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
