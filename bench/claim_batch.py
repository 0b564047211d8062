"""A file of professional claims as a practice sends it: every claim of its own patient.

What differs between the claims of a practice differs here: name, address, birth, member, claim and
line numbers, days; what repeats, repeats: employers' groups, diagnoses, services and their charges,
clinicians. Two lines and 19 segments a claim, at most 5,000 claims a set, nothing wrong in it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

PER_SET = 5000
_FAMILIES = ("ALVAREZ", "BAKER", "CHEN", "DIAZ", "EVANS", "FISHER", "GARCIA", "HUGHES", "IBARRA")
_GIVEN = ("ANA", "BEN", "CARLA", "DAVID", "ELENA", "FRANK", "GRACE", "HUGO", "IRIS", "JAMES", "KIM")
_STREETS = ("OAK ST", "LAKE AVE", "MILL RD", "PINE CT", "HIGH ST", "RIVER DR", "HILL LN")
_CITIES = (("SPRINGFIELD", "62701"), ("PEORIA", "61602"), ("DECATUR", "62521"))
_DIAGNOSES = ("F331", "F411", "F4310", "F1020", "F902", "F3181", "F4322", "F429", "F5000")
_SERVICES = (  # the two lines of a visit: code and modifier, charge, place told on the line
    (("99213:25", "95"), ("90833", "70")),
    (("99214:25", "135"), ("90836", "88.5")),
    (("90834", "110"), ("90785", "15")),
    (("90837", "150"), ("90785", "15")),
    (("90792", "210"), ("90785", "15")),
)
_CLINICIANS = ("1245319599", "1234567893", "1982699997", "1447253398", "1669475703")
_ENVELOPE = (
    "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          *260304*1030*^*00501*"
    "000000007*0*T*:~GS*HC*CLINIC*PAYER*20260304*1030*5*X*005010X222A1~"
)
_HEADING = (
    "BHT*0019*00*BATCH{0}*20260304*1030*CH~NM1*41*2*RIVER CLINIC*****46*CLINIC~"
    "PER*IC*BILLING OFFICE*TE*2175550100~NM1*40*2*ACME HEALTH*****46*PAYER~HL*1**20*1~"
    "NM1*85*2*RIVER CLINIC*****XX*1902843105~N3*2 RIVER RD~N4*SPRINGFIELD*IL*627010000~"
    "REF*EI*987654321~"
)
_HEADING_SEGMENTS, _CLAIM_SEGMENTS = 9, 19
_LAST_DAY = date(2026, 3, 2)


def write_claims(path: Path, claims: int) -> None:
    """Write so many claims into a file."""
    with path.open("w", encoding="ascii") as file:
        file.writelines(_parts(claims))


def _parts(claims: int) -> Iterator[str]:
    sets = -(-claims // PER_SET)
    yield _ENVELOPE
    for number in range(1, sets + 1):
        first = (number - 1) * PER_SET
        count = min(PER_SET, claims - first)
        yield f"ST*837*{number:04d}*005010X222A1~{_HEADING.format(number)}"
        for at in range(count):
            yield _claim(first + at, at + 2)
        segments = _HEADING_SEGMENTS + count * _CLAIM_SEGMENTS + 2
        yield f"SE*{segments}*{number:04d}~"
    yield f"GE*{sets}*5~IEA*1*000000007~"


def _claim(number: int, level: int) -> str:
    """Return the segments of one subscriber and claim; every number gives another."""
    family, given = _FAMILIES[number % 9], _GIVEN[number % 11]
    city, code = _CITIES[number % 3]
    born = date(1950, 1, 1) + timedelta(days=number * 37 % 20_000)
    day = f"{_LAST_DAY - timedelta(days=number % 28):%Y%m%d}"
    first, second = _DIAGNOSES[number % 9], _DIAGNOSES[(number // 9 + number + 1) % 9]
    diagnoses = f"ABK:{first}" if first == second else f"ABK:{first}*ABF:{second}"
    (visit, charge), (addition, more) = _SERVICES[number % 5]
    total = f"{float(charge) + float(more):g}"
    return (
        f"HL*{level}*1*22*0~SBR*P*18*GRP{number % 23:03d}******CI~"
        f"NM1*IL*1*{family}*{given}****MI*W{number * 7919 % 10**9:09d}~"
        f"N3*{number % 990 + 1} {_STREETS[number % 7]}~N4*{city}*IL*{code}{number % 9000 + 1000}~"
        f"DMG*D8*{born:%Y%m%d}*{'FM'[number % 2]}~NM1*PR*2*ACME HEALTH*****PI*ACME{number % 4}~"
        f"CLM*B{number:07d}*{total}***{'11' if number % 3 else '53'}:B:1*Y*A*Y*Y~HI*{diagnoses}~"
        f"NM1*82*1*RIVERA*{_GIVEN[number % 5]}****XX*{_CLINICIANS[number % 5]}~"
        f"PRV*PE*PXC*101YM0800X~LX*1~SV1*HC:{visit}*{charge}*UN*1***1~DTP*472*D8*{day}~"
        f"REF*6R*B{number:07d}L1~LX*2~SV1*HC:{addition}*{more}*UN*1***1~DTP*472*D8*{day}~"
        f"REF*6R*B{number:07d}L2~"
    )
