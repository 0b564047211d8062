"""The eligibility question, 270: 005010X279A1."""

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
from mappers.x12.uses.eligibility import level, receiver, source, trace
from mappers.x12.uses.fact import END, amount, begin, reference
from mappers.x12.uses.member import DEPENDENT, PROCEDURE_KIND, SUBSCRIBER, member, periods, relation

_BATCH = must(
    "BHT",
    "question",
    need(1, "0022"),
    need(2, "01", "13"),
    may(3),
    need(4),
    need(5),
    may(6, "RT", "RU"),
)
_PROVIDER_IDS = ("9K", "D3", "EI", "HPI", "PXC", "SY", "TJ")
_SUBSCRIBER_IDS = "18|1L|1W|3H|6P|CT|EA|EJ|F6|GH|HJ|IG|N6|NQ|SY|Y4"
_DEPENDENT_IDS = "18|1L|1W|6P|CT|EA|EJ|F6|GH|HJ|IF|IG|MRC|N6|SY|Y4"


def _question(id: str, spend_down: tuple[SegmentUse, ...] = ()) -> Loop:
    """Return one question: service types or a procedure, and what narrows it."""
    return loop(
        id,
        "question",
        must(
            "EQ",
            "question",
            may(1),
            may_parts(2, PROCEDURE_KIND, need(2), *MODIFIERS),
            may(3, "FAM"),
            may_parts(5, need(1), may(2), may(3), may(4)),
        ),
        *spend_down,
        can("III", "place of service", need(1, "ZZ"), need(2)),
        reference("9F|G1", "referral or authorization"),
        periods("291", "date of service", 1),
        repeat=99,
    )


ROOT = needed_loop(
    "270",
    "eligibility question",
    begin("270"),
    _BATCH,
    needed_loop(
        "2000A",
        "source level",
        level("20", "source level", ("1",)),
        source(),
        needed_loop(
            "2000B",
            "receiver level",
            level("21", "receiver level", ("1",), need(2)),
            receiver(),
            needed_loop(
                "2000C",
                "subscriber level",
                level("22", "subscriber level", ("0", "1"), need(2)),
                trace("subscriber's trace", ("1",), 2),
                member(
                    "2100C",
                    "subscriber",
                    SUBSCRIBER,
                    _SUBSCRIBER_IDS,
                    relation("subscriber's place among multiple births", "Y", ("18",)),
                    periods("102|291", "subscriber's date", 2),
                    _question(
                        "2110C",
                        (amount("R", "spend-down"), amount("PB", "billed toward the spend-down")),
                    ),
                    provider_ids=_PROVIDER_IDS,
                ),
                loop(
                    "2000D",
                    "dependent level",
                    level("23", "dependent level", ("0",), need(2)),
                    trace("dependent's trace", ("1",), 2),
                    member(
                        "2100D",
                        "dependent",
                        DEPENDENT,
                        _DEPENDENT_IDS,
                        relation("dependent's relation", "N", ("01", "19", "34")),
                        periods("102|291", "dependent's date", 2),
                        _question("2110D"),
                        provider_ids=_PROVIDER_IDS,
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
    kind="270",
    versions=("005010X279A1", "005010X279"),
    set_id="270",
    functional_id="HS",
    name="eligibility question",
    root=ROOT,
    unit="2000C",
)
