"""The enrollment of members, 834: 005010X220A1. It is read and judged; we enroll none."""

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
from mappers.x12.uses.fact import END, begin, date, reference, some
from mappers.x12.uses.party import CITY, GENDER, maybe_street

_NUMBERS = ("AP", "BN", "CP", "EM", "EX", "FX", "HP", "TE", "WP")
_MEMBER_IDS = "17|23|3H|4A|6O|ABB|D3|DX|F6|P5|Q4|QQ|ZZ"
_MEMBER_DATES = (
    "050|286|296|297|300|301|303|336|337|338|339|340|341|350|351|356|357|383|385|386|393|394"
    "|473|474"
)
_COVERAGE_DATES = "300|303|343|348|349|543|695"
_COVERAGE_IDS = "17|1L|9V|CE|E8|M7|PID|RB|X9|XM|XX1|XX2|ZX|ZZ"
_CATEGORY_IDS = "00|17|18|19|26|3L|6M|9V|9X|GE|LU|PID|XX1|XX2|YY|ZZ"
_RESPONSIBLE = "6Y|9K|E1|EI|EXS|GB|GD|J6|LR|QD|S1|TZ|X4"


def _numbers(code: str, name: str, repeat: int = 1) -> SegmentUse:
    return can(
        "PER",
        name,
        need(1, code),
        may(2),
        need(3, *_NUMBERS),
        need(4),
        may(5, *_NUMBERS),
        may(6),
        may(7, *_NUMBERS),
        may(8),
        repeat=repeat,
    )


def _name(code: str, name: str, types: tuple[str, ...] = ("1",)) -> SegmentUse:
    return must("NM1", name, need(1, *code.split("|")), need(2, *types), *some(3, 9))


def _demographics(name: str) -> SegmentUse:
    race = may_parts(5, may(1), may(2), may(3))
    rows = (may(1, "D8"), may(2), may(3, *GENDER), may(4), race, may(6), may(10), may(11))
    return can("DMG", name, *rows)


def _related(id: str, code: str, name: str, person: str, repeat: int = 1) -> Loop:
    """Return someone who stands by the member: employer, parent, guardian."""
    return loop(
        id,
        name,
        _name(code, name, ("1", "2")),
        _numbers(person, f"{name}'s numbers"),
        *maybe_street(name),
        repeat=repeat,
    )


_MEMBER = needed_loop(
    "2100A",
    "member",
    _name("74|IL", "member"),
    _numbers("IP", "member's numbers"),
    can("N3", "member's street", need(1), may(2)),
    can("N4", "member's city", *CITY[:4], may(5, "60", "CY"), may(6), CITY[4]),
    _demographics("member's birth and gender"),
    can("EC", "employment class", need(1), may(2), may(3), repeat=UNBOUNDED),
    can("ICM", "income", need(1), need(2), *some(3, 5)),
    can(
        "AMT",
        "member's amount",
        need(1, "B9", "C1", "D2", "EBA", "FK", "P3", "R"),
        need(2),
        repeat=7,
    ),
    can("HLH", "health", need(1, "N", "S", "T", "U", "X"), may(2), may(3)),
    can("LUI", "language", *some(1, 4), repeat=UNBOUNDED),
)
_COVERAGE = loop(
    "2300",
    "health coverage",
    must(
        "HD",
        "health coverage",
        need(1, "001", "002", "021", "024", "025", "026", "030", "032"),
        need(3),
        may(4),
        may(5),
        may(9, "N", "Y"),
    ),
    must(
        "DTP",
        "coverage date",
        need(1, *_COVERAGE_DATES.split("|")),
        need(2, "D8", "RD8"),
        need(3),
        repeat=6,
    ),
    can(
        "AMT",
        "coverage amount",
        need(1, "B9", "C1", "D2", "EBA", "FK", "P3", "R"),
        need(2),
        repeat=9,
    ),
    reference(_COVERAGE_IDS, "coverage's number", 14),
    reference("QQ", "months of prior coverage"),
    can("IDC", "identification card", need(1), need(2, "D", "H", "P"), *some(3, 4), repeat=3),
    loop(
        "2310",
        "provider",
        must("LX", "provider", need(1)),
        must(
            "NM1",
            "provider's name",
            need(1, "1X", "3D", "80", "FA", "OD", "P3", "QA", "QN", "Y2"),
            need(2, "1", "2"),
            *some(3, 9),
            need(10),
        ),
        can("N3", "provider's street", need(1), may(2), repeat=2),
        can("N4", "provider's city", *CITY),
        _numbers("IC", "provider's numbers", 2),
        can("PLA", "change of provider", need(1, "2"), need(2, "1P"), need(3), need(5)),
        repeat=30,
    ),
    loop(
        "2320",
        "coordination of benefits",
        must("COB", "coordination of benefits", need(1, *"PSTU"), may(2), need(3), may(4)),
        reference("60|6P|SY|ZZ", "coordination's number", 4),
        can("DTP", "coordination date", need(1, "344", "345"), need(2, "D8"), need(3), repeat=2),
        loop(
            "2330",
            "other insurer",
            _name("36|GW|IN", "other insurer", ("2",)),
            *maybe_street("other insurer"),
            can("PER", "other insurer's number", need(1, "CN"), need(3, "TE"), need(4)),
            repeat=3,
        ),
        repeat=5,
    ),
    repeat=99,
)
_CATEGORIES = loop(
    "2700",
    "reporting category",
    must("LX", "reporting category", need(1)),
    loop(
        "2750",
        "category",
        must("N1", "category", need(1, "75"), need(2)),
        reference(_CATEGORY_IDS, "category's value"),
        date("007", "category's date", "D8", "RD8"),
    ),
    repeat=UNBOUNDED,
)
ROOT = needed_loop(
    "834",
    "enrollment",
    begin("834"),
    must(
        "BGN",
        "enrollment",
        need(1, "00", "15", "22"),
        need(2),
        need(3),
        need(4),
        may(5),
        may(6),
        need(8, "2", "4", "RX"),
    ),
    reference("38", "master policy"),
    can(
        "DTP",
        "file's date",
        need(1, "007", "090", "091", "303", "382", "388"),
        need(2, "D8"),
        need(3),
        repeat=UNBOUNDED,
    ),
    can("QTY", "file's totals", need(1, "DT", "ET", "TO"), need(2), repeat=3),
    needed_loop(
        "1000A",
        "sponsor",
        must("N1", "sponsor", need(1, "P5"), may(2), need(3, "24", "94", "FI"), need(4)),
    ),
    needed_loop(
        "1000B",
        "insurer",
        must("N1", "insurer", need(1, "IN"), may(2), need(3, "94", "FI", "XV"), need(4)),
    ),
    loop(
        "1000C",
        "broker or administrator",
        must(
            "N1",
            "broker or administrator",
            need(1, "BO", "TV"),
            need(2),
            need(3, "94", "FI", "XV"),
            need(4),
        ),
        loop("1100C", "account", must("ACT", "account", need(1), may(6))),
        repeat=2,
    ),
    needed_loop(
        "2000",
        "member level",
        must(
            "INS",
            "member level",
            need(1, "N", "Y"),
            need(2),
            need(3, "001", "021", "024", "025", "030"),
            may(4),
            need(5, "A", "C", "S", "T"),
            may_parts(6, need(1), may(2)),
            may(7),
            may(8),
            may(9),
            may(10, "N", "Y"),
            may(11, "D8"),
            may(12),
            may(13),
            may(17),
        ),
        must("REF", "subscriber's number", need(1, "0F"), need(2)),
        reference("1L", "member's policy"),
        reference(_MEMBER_IDS, "member's further id", 13),
        can(
            "DTP",
            "member's date",
            need(1, *_MEMBER_DATES.split("|")),
            need(2, "D8"),
            need(3),
            repeat=24,
        ),
        _MEMBER,
        loop(
            "2100B",
            "member's incorrect name",
            _name("70", "member's incorrect name"),
            _demographics("incorrect birth and gender"),
        ),
        _related("2100C", "31", "member's mailing address", "IC"),
        _related("2100D", "36", "employer", "EP", 3),
        _related("2100E", "M8", "school", "SK", 3),
        _related("2100F", "S3", "custodial parent", "PQ"),
        _related("2100G", _RESPONSIBLE, "responsible person", "RP", 13),
        _related("2100H", "45", "drop-off place", "IC"),
        loop(
            "2200",
            "disability",
            must("DSB", "disability", need(1), may(7), may(8)),
            can("DTP", "disability date", need(1, "360", "361"), need(2, "D8"), need(3), repeat=2),
            repeat=UNBOUNDED,
        ),
        _COVERAGE,
        can("LS", "reporting categories begin", need(1, "2700")),
        _CATEGORIES,
        can("LE", "reporting categories end", need(1, "2700")),
        repeat=UNBOUNDED,
    ),
    END,
)

GUIDE = Guide(
    kind="834",
    versions=("005010X220A1", "005010X220"),
    set_id="834",
    functional_id="BE",
    name="enrollment",
    root=ROOT,
    unit="2000",
)
