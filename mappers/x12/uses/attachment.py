"""Papers sent with or for a claim or a review: what the 275 guides of 5010 and 6020 share."""

from mappers.x12.grammar import (
    UNBOUNDED,
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
from mappers.x12.uses.fact import END, begin, some
from mappers.x12.uses.party import contact, maybe_street, party

_CLAIM_IDS = ("1K", "EJ", "EA", "BLT", "D9", "F8", "G1", "BB", "NT", "SY", "VP", "X1", "Y4")
_LINE_IDS = (*_CLAIM_IDS, "6R", "FJ")
_STATUS = (need(1), need(2), may(3), may(4))


def attachments(*content: SegmentUse) -> Loop:
    """Return the root of a 275; `content` is what follows CAT: the format and the bytes.

    TRN02 is the control number of PWK06 (sent unasked) or the trace of the question (BGN01 11).
    """
    return needed_loop(
        "275",
        "papers",
        begin("275"),
        must("BGN", "papers", need(1, "02", "11"), need(2), need(3), *some(4, 9)),
        needed_loop(
            "1000A",
            "payer",
            party("PR", "payer", ("PI", "XV")),
            contact("payer's contact"),
        ),
        needed_loop(
            "1000B",
            "submitter",
            must(
                "NM1",
                "submitter",
                need(1, "41"),
                need(2, "1", "2"),
                need(3),
                may(4),
                may(5),
                need(8, "46", "XX"),
                need(9),
            ),
            contact("submitter's contact"),
        ),
        needed_loop(
            "1000C",
            "provider",
            must(
                "NM1",
                "provider",
                need(1, "1P"),
                need(2, "1", "2"),
                need(3),
                may(4),
                may(5),
                may(7),
                may(8, "24", "34", "FI", "SV", "XX"),
                may(9),
            ),
            *maybe_street("provider"),
            can("REF", "provider's further id", need(1), need(2), repeat=9),
            contact("provider's contact"),
        ),
        needed_loop("1000D", "patient", *_PATIENT),
        needed_loop("2000A", "paper", *_PAPER, _content(content), repeat=UNBOUNDED),
        END,
    )


_PATIENT = (
    must(
        "NM1",
        "patient",
        need(1, "QC"),
        need(2, "1"),
        need(3),
        may(4),
        may(5),
        may(7),
        may(8, "II", "MI"),
        may(9),
    ),
    can("REF", "claim's number", need(1, *_CLAIM_IDS), need(2), repeat=9),
    can("DTP", "dates of service", need(1, "472"), need(2, "D8", "RD8"), need(3)),
)
_PAPER = (
    must("LX", "paper", need(1)),
    must("TRN", "control number", need(1, "1", "2"), need(2), may(3), may(4)),
    can("STC", "what was asked", need_parts(1, *_STATUS), may(2), may_parts(10, *_STATUS)),
    can("REF", "line's number", need(1, *_LINE_IDS), need(2), repeat=9),
    can("DTP", "date of service", need(1, "472"), need(2, "D8", "RD8"), need(3)),
    can("DTP", "sent", need(1, "368"), need(2, "D8"), need(3)),
)


def _content(content: tuple[SegmentUse, ...]) -> Loop:
    return loop(
        "2110A",
        "content",
        must("CAT", "kind of paper", need(1), need(2), may(3), may(4)),
        *content,
        repeat=UNBOUNDED,
    )
