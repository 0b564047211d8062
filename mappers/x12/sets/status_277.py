"""The answer on the status of a claim, 277: 005010X212."""

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
    need_parts,
    needed_loop,
)
from mappers.x12.uses.fact import END, batch, begin, reference
from mappers.x12.uses.status import CLAIM_IDS, DATES, PROCEDURE, payer, service_dates, statuses

_STATUS = (need(1), need(2), may(3), may(4))
_FURTHER = (may_parts(10, *_STATUS), may_parts(11, *_STATUS))
_NUMBERS = ("ED", "EM", "FX", "TE")


def _unsearched(id: str, name: str, code: str) -> Loop:
    """Return why a level was not searched."""
    return loop(
        id,
        name,
        must("TRN", f"{name}'s trace", need(1, *code.split("|")), need(2)),
        must("STC", name, need_parts(1, *_STATUS), need(2), *_FURTHER, repeat=UNBOUNDED),
    )


def _claim_status() -> SegmentUse:
    return must(
        "STC",
        "claim's status",
        need_parts(1, *_STATUS),
        need(2),
        may(4),
        may(5),
        may(6),
        may(8),
        may(9),
        *_FURTHER,
        repeat=UNBOUNDED,
    )


def _claim(last: str) -> Loop:
    """Return one claim that was found, or was not."""
    return loop(
        f"2200{last}",
        "claim's answer",
        must("TRN", "question's trace", need(1, "2"), need(2)),
        _claim_status(),
        *CLAIM_IDS,
        reference("VV", "voucher"),
        service_dates("claim's dates of service"),
        loop(
            f"2220{last}",
            "line's answer",
            must("SVC", "line", need_parts(1, *PROCEDURE), need(2), need(3), may(4), may(7)),
            must(
                "STC",
                "line's status",
                need_parts(1, *_STATUS),
                need(2),
                *_FURTHER,
                repeat=UNBOUNDED,
            ),
            reference("FJ", "line control number"),
            must("DTP", "line's date of service", *DATES),
            repeat=UNBOUNDED,
        ),
        repeat=UNBOUNDED,
    )


_CONTACT = can(
    "PER",
    "payer's contact",
    need(1, "IC"),
    may(2),
    need(3, *_NUMBERS),
    need(4),
    may(5, *_NUMBERS, "EX"),
    may(6),
    may(7, *_NUMBERS, "EX"),
    may(8),
)

ROOT = needed_loop(
    "277",
    "claim status answer",
    begin("277"),
    batch("answer", "0010", "08", "DG"),
    statuses(
        payer(_CONTACT),
        (),
        (_unsearched("2200B", "receiver's status", "2"),),
        (_unsearched("2200C", "provider's status", "1|2"),),
        (_claim("D"), _claim("E")),
    ),
    END,
)

GUIDE = Guide(
    kind="277",
    versions=("005010X212", "005010X212E1", "005010X212E2"),
    set_id="277",
    functional_id="HN",
    name="claim status answer",
    root=ROOT,
    unit="2200D",
)
