"""The remittance, 835: 005010X221A1."""

from mappers.x12.grammar import (
    UNBOUNDED,
    ElementUse,
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

_PROCEDURE_KINDS = ("AD", "ER", "HC", "HP", "IV", "N4", "N6", "NU", "UI", "WK")
_PROCEDURE = (
    need(1, *_PROCEDURE_KINDS),
    need(2),
    may(3),
    may(4),
    may(5),
    may(6),
    may(7),
)
_CITY = (need(1), may(2), may(3), may(4), may(7))
_PERSON_IDS = ("34", "HN", "II", "MI", "MR")
_PROVIDER_IDS = ("BD", "BS", "FI", "MC", "PC", "SL", "UP", "XX")


def _some(first: int, last: int) -> tuple[ElementUse, ...]:
    """Return situational elements `first` to `last`."""
    return tuple(may(position) for position in range(first, last + 1))


def _name(code: str, name: str, ids: tuple[str, ...]) -> SegmentUse:
    """Return a situational name at claim level."""
    return can(
        "NM1",
        name,
        need(1, code),
        need(2, "1", "2"),
        may(3),
        may(4),
        may(5),
        may(7),
        may(8, *ids),
        may(9),
    )


def _contact(code: str, name: str, repeat: int = 1) -> SegmentUse:
    return can("PER", name, need(1, code), *_some(2, 8), repeat=repeat)


def _references(name: str, codes: str, repeat: int) -> SegmentUse:
    return can("REF", name, need(1, *codes.split("|")), need(2), repeat=repeat)


def _dates(name: str, codes: str, repeat: int = 1) -> SegmentUse:
    return can("DTM", name, need(1, *codes.split("|")), need(2), repeat=repeat)


def _adjustments(name: str) -> SegmentUse:
    group = need(1, "CO", "OA", "PI", "PR")
    return can("CAS", name, group, need(2), need(3), *_some(4, 19), repeat=99)


PAYER = needed_loop(
    "1000A",
    "payer",
    must("N1", "payer", need(1, "PR"), need(2), may(3, "XV"), may(4)),
    must("N3", "payer's street", need(1), may(2)),
    must("N4", "payer's city", *_CITY),
    _references("payer's further id", "2U|EO|HI|NF", 4),
    _contact("CX", "payer's claims office"),
    wanted("PER", "payer's technical contact", need(1, "BL"), *_some(2, 8), repeat=UNBOUNDED),
    can("PER", "payer's web site", need(1, "IC"), need(3, "UR"), need(4)),
)
PAYEE = needed_loop(
    "1000B",
    "payee",
    must("N1", "payee", need(1, "PE"), need(2), need(3, "FI", "XV", "XX"), need(4)),
    can("N3", "payee's street", need(1), may(2)),
    can("N4", "payee's city", *_CITY),
    _references("payee's further id", "0B|D3|PQ|TJ", UNBOUNDED),
    can("RDM", "remittance delivery", need(1, "BM", "EM", "FT", "OL"), may(2), may(3)),
)
SERVICE = loop(
    "2110",
    "service payment",
    must(
        "SVC",
        "service payment",
        need_parts(1, *_PROCEDURE),
        need(2),
        need(3),
        may(4),
        may(5),
        may_parts(6, *_PROCEDURE),
        may(7),
    ),
    _dates("service date", "150|151|472", 2),
    _adjustments("line's adjustments"),
    _references("service id", "1S|APC|BB|E9|G1|G3|LU|RB", 8),
    _references("line control number", "6R", 1),
    _references(
        "rendering provider's id of the line", "0B|1A|1B|1C|1D|1G|1H|1J|D3|G2|HPI|SY|TJ", 10
    ),
    _references("policy applied", "0K", 5),
    can(
        "AMT",
        "line's amount",
        need(1, "B6", "KH", "T", "T2", "ZK", "ZL", "ZM", "ZN", "ZO"),
        need(2),
        repeat=9,
    ),
    can("QTY", "line's quantity", need(1, "ZK", "ZL", "ZM", "ZN", "ZO"), need(2), repeat=6),
    can("LQ", "line's remark", need(1, "HE", "RX"), need(2), repeat=99),
    repeat=999,
)
CLAIM = loop(
    "2100",
    "claim payment",
    must(
        "CLP",
        "claim payment",
        need(1),
        need(2, "1", "2", "3", "4", "19", "20", "21", "22", "23", "25"),
        need(3),
        need(4),
        may(5),
        need(6),
        need(7),
        may(8),
        may(9),
        may(11),
        may(12),
        may(13),
    ),
    _adjustments("claim's adjustments"),
    must("NM1", "patient", *_name("QC", "", _PERSON_IDS).elements),
    _name("IL", "insured", ("FI", "II", "MI")),
    _name("74", "corrected insured", ("C",)),
    _name("82", "rendering provider", _PROVIDER_IDS),
    _name("TT", "crossover carrier", ("AD", "FI", "NI", "PI", "PP", "XV")),
    _name("PR", "corrected payer", ("AD", "FI", "NI", "PI", "PP", "XV")),
    _name("GB", "other subscriber", ("FI", "II", "MI")),
    can("MIA", "inpatient adjudication", need(1), *_some(2, 24)),
    can("MOA", "outpatient adjudication", *_some(1, 9)),
    _references("claim's further id", "1L|1W|28|6P|9A|9C|BB|CE|EA|F8|G1|G3|IG|SY", 5),
    _references("rendering provider's id", "0B|1A|1B|1C|1D|1G|1H|1J|D3|G2|LU", 10),
    _dates("statement date", "232|233", 2),
    _dates("coverage ended", "036"),
    _dates("claim received", "050"),
    _contact("CX", "claim contact", 2),
    can(
        "AMT",
        "claim's amount",
        need(1, "AU", "D8", "DY", "F5", "I", "NL", "T", "T2", "ZK", "ZL", "ZM", "ZN", "ZO"),
        need(2),
        repeat=13,
    ),
    can(
        "QTY",
        "claim's quantity",
        need(1, "CA", "CD", "LA", "LE", "NE", "NR", "OU", "PS", "VS", "ZK", "ZL", "ZM", "ZN", "ZO"),
        need(2),
        repeat=14,
    ),
    SERVICE,
    repeat=UNBOUNDED,
)
ROOT = needed_loop(
    "835",
    "remittance",
    must("ST", "set begins", need(1, "835"), need(2), may(3)),
    must(
        "BPR",
        "payment",
        need(1, *"CDHIPUX"),
        need(2),
        need(3, "C", "D"),
        need(4, "ACH", "BOP", "CHK", "FWT", "NON"),
        may(5, "CCP", "CTX"),
        may(6, "01", "04"),
        may(7),
        may(8, "DA"),
        may(9),
        may(10),
        may(11),
        may(12, "01", "04"),
        may(13),
        may(14, "DA", "SG"),
        may(15),
        need(16),
    ),
    must("TRN", "payment's trace number", need(1, "1"), need(2), need(3), may(4)),
    can("CUR", "currency", need(1, "PR"), need(2), may(3)),
    _references("receiver's id", "EV", 1),
    _references("payer's version", "F2", 1),
    can("DTM", "production date", need(1, "405"), need(2)),
    PAYER,
    PAYEE,
    loop(
        "2000",
        "claim group",
        must("LX", "claim group", need(1)),
        can("TS3", "provider summary", need(1), need(2), need(3), need(4), need(5), *_some(6, 24)),
        can("TS2", "provider supplement", *_some(1, 19)),
        CLAIM,
        repeat=UNBOUNDED,
    ),
    can(
        "PLB",
        "provider adjustment",
        need(1),
        need(2),
        need_parts(3, need(1), may(2)),
        need(4),
        *(use for at in range(5, 15, 2) for use in (may_parts(at, need(1), may(2)), may(at + 1))),
        repeat=UNBOUNDED,
    ),
    must("SE", "set ends", need(1), need(2)),
)

GUIDE = Guide(
    versions=("005010X221A1", "005010X221"),
    set_id="835",
    functional_id="HP",
    name="remittance",
    root=ROOT,
    unit="2100",
    kind="835",
    names_version=False,
)
