"""The question for the status of a claim, 276: 005010X212."""

from mappers.x12.grammar import (
    UNBOUNDED,
    Guide,
    Loop,
    can,
    loop,
    may,
    must,
    need,
    need_parts,
    needed_loop,
)
from mappers.x12.uses.fact import END, amount, batch, begin, reference
from mappers.x12.uses.status import CLAIM_IDS, DATES, PROCEDURE, payer, service_dates, statuses


def _claim(last: str) -> Loop:
    """Return one claim that is asked for."""
    return loop(
        f"2200{last}",
        "claim asked for",
        must("TRN", "question's trace", need(1, "1"), need(2)),
        *CLAIM_IDS[:2],
        reference("LU", "payer's system"),
        reference("6P", "group number"),
        *CLAIM_IDS[2:],
        amount("T3", "claim's charge"),
        service_dates("claim's dates of service"),
        loop(
            f"2210{last}",
            "line asked for",
            must("SVC", "line", need_parts(1, *PROCEDURE), need(2), may(4), may(7)),
            reference("FJ", "line control number"),
            must("DTP", "line's date of service", *DATES),
            repeat=UNBOUNDED,
        ),
        repeat=UNBOUNDED,
    )


ROOT = needed_loop(
    "276",
    "claim status question",
    begin("276"),
    batch("question", "0010", "13"),
    statuses(
        payer(),
        (
            can(
                "DMG",
                "birth and gender",
                need(1, "D8"),
                need(2),
                may(3, "F", "M", "U"),
            ),
        ),
        (),
        (),
        (_claim("D"), _claim("E")),
    ),
    END,
)

GUIDE = Guide(
    kind="276",
    versions=("005010X212", "005010X212E1", "005010X212E2"),
    set_id="276",
    functional_id="HR",
    name="claim status question",
    root=ROOT,
    unit="2200D",
)
