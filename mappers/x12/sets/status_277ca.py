"""The payer's acknowledgment of claims, 277CA: 005010X214."""

from mappers.x12.grammar import (
    UNBOUNDED,
    Guide,
    SegmentUse,
    can,
    loop,
    may,
    may_parts,
    must,
    need,
    need_parts,
    needed_loop,
    wanted,
)

_STATUS = (need(1), need(2), may(3), may(4))


_VERDICT = (
    need_parts(1, *_STATUS),
    may(2),
    may(3, "U", "WQ"),
    may(4),
    may_parts(10, *_STATUS),
    may_parts(11, *_STATUS),
    may(12),
)
_UNDATED = tuple(one for one in _VERDICT if one.position != 2)
_OF_A_LINE = tuple(one for one in _VERDICT if one.position != 4)


def _status(name: str) -> SegmentUse:
    """Return the verdict on one level: up to three status triplets and an action."""
    return must("STC", name, *_VERDICT, repeat=UNBOUNDED)


def _count(code: str, name: str) -> SegmentUse:
    return can("QTY", name, need(1, code), need(2))


def _sum(code: str, name: str) -> SegmentUse:
    return can("AMT", name, need(1, code), need(2))


def _name(code: str, name: str, *ids: str) -> SegmentUse:
    return must(
        "NM1",
        name,
        need(1, *code.split("|")),
        need(2, "1", "2"),
        may(3),
        may(4),
        may(5),
        may(7),
        may(8, *ids),
        may(9),
    )


LINE = loop(
    "2220D",
    "line status",
    must(
        "SVC",
        "line",
        need_parts(1, need(1), need(2), may(3), may(4), may(5), may(6)),
        need(2),
        may(4),
        may(7),
    ),
    must("STC", "line's status", *_OF_A_LINE, repeat=UNBOUNDED),
    can("REF", "line control number", need(1, "FJ"), need(2)),
    can("REF", "prescription number", need(1, "XZ"), need(2)),
    can("DTP", "line's date of service", need(1, "472"), need(2, "D8", "RD8"), need(3)),
    repeat=UNBOUNDED,
)
CLAIM = loop(
    "2200D",
    "claim status",
    must("TRN", "claim's number at the provider", need(1, "2"), need(2)),
    _status("claim's status"),
    can("REF", "payer's claim number", need(1, "1K"), need(2)),
    can("REF", "clearinghouse trace", need(1, "D9"), need(2)),
    can("REF", "type of bill", need(1, "BLT"), need(2)),
    wanted("DTP", "claim's dates of service", need(1, "472"), need(2, "D8", "RD8"), need(3)),
    LINE,
    repeat=UNBOUNDED,
)
PROVIDER = loop(
    "2000C",
    "provider level",
    must("HL", "provider level", need(1), need(2), need(3, "19"), need(4, "0", "1")),
    needed_loop("2100C", "provider", _name("85", "provider", "FI", "SV", "XX")),
    loop(
        "2200C",
        "provider's batch",
        must("TRN", "provider's trace", need(1, "1", "2"), need(2)),
        wanted("STC", "provider's status", *_UNDATED, repeat=UNBOUNDED),
        can("REF", "provider's further id", need(1), need(2), repeat=3),
        _count("QA", "claims accepted for the provider"),
        _count("QC", "claims rejected for the provider"),
        _sum("YU", "amount accepted for the provider"),
        _sum("YY", "amount rejected for the provider"),
    ),
    loop(
        "2000D",
        "patient level",
        must("HL", "patient level", need(1), need(2), need(3, "PT"), may(4, "0")),
        needed_loop("2100D", "patient", _name("QC", "patient", "II", "MI")),
        needed_loop("2200D", CLAIM.name, *CLAIM.items, repeat=UNBOUNDED),
        repeat=UNBOUNDED,
    ),
    repeat=UNBOUNDED,
)
RECEIVER = needed_loop(
    "2000B",
    "submitter level",
    must("HL", "submitter level", need(1), need(2), need(3, "21"), need(4, "0", "1")),
    needed_loop("2100B", "submitter", _name("41", "submitter", "46", "FI", "XX")),
    needed_loop(
        "2200B",
        "submitter's batch",
        must("TRN", "batch's number at the submitter", need(1, "2"), need(2)),
        _status("batch's status"),
        _count("90", "claims accepted"),
        _count("AA", "claims rejected"),
        _sum("YU", "amount accepted"),
        _sum("YY", "amount rejected"),
    ),
    PROVIDER,
    repeat=UNBOUNDED,
)
ROOT = needed_loop(
    "277",
    "claim acknowledgment",
    must("ST", "set begins", need(1, "277"), need(2), need(3)),
    must(
        "BHT",
        "acknowledgment",
        need(1, "0085"),
        need(2, "08"),
        need(3),
        need(4),
        need(5),
        need(6, "TH"),
    ),
    needed_loop(
        "2000A",
        "payer level",
        must("HL", "payer level", need(1), need(3, "20"), need(4, "1")),
        needed_loop("2100A", "payer", _name("AY|PR", "payer", "46", "FI", "PI", "XV")),
        needed_loop(
            "2200A",
            "payer's batch",
            must("TRN", "acknowledgment's trace", need(1, "1"), need(2)),
            must("DTP", "received", need(1, "050"), need(2, "D8"), need(3)),
            must("DTP", "processed", need(1, "009"), need(2, "D8"), need(3)),
        ),
        RECEIVER,
    ),
    must("SE", "set ends", need(1), need(2)),
)

GUIDE = Guide(
    versions=("005010X214",),
    set_id="277",
    functional_id="HN",
    name="claim acknowledgment",
    root=ROOT,
    unit="2000D",
    kind="277CA",
)
