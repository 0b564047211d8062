"""Who is in the demonstration practice: rows of payers, places, clinicians and patients.

Every name, number and address is invented. NPIs carry a right check digit and lie in a range
that is not issued (they begin with 1999).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


def npi(nine: str) -> str:
    """Return a ten-digit NPI: nine digits and the Luhn check digit over 80840 and them."""
    digits = [int(digit) for digit in "80840" + nine]
    doubled = [
        sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit
        for place, digit in enumerate(reversed(digits))
    ]
    return nine + str(-sum(doubled) % 10)


@dataclass(frozen=True)
class Payer:
    """A payer: our id, its name, the payer id on the wire, its claim filing indicator."""

    id: str
    name: str
    payer_id: str
    filing: str


@dataclass(frozen=True)
class Place:
    """The clinic, or a program of it: id, name, NPI, taxonomy, levels of care offered."""

    id: str
    name: str
    npi: str
    taxonomy: str
    levels: tuple[str, ...]
    part_of: str | None = None


@dataclass(frozen=True)
class Clinician:
    """A clinician: names, NPI, taxonomy, degree, and who supervises, if anyone must."""

    id: str
    given: str
    family: str
    npi: str
    taxonomy: str
    degree: str
    supervisor: str | None = None


@dataclass(frozen=True)
class Person:
    """A patient and the plan that covers them; `subscriber` is another patient's id."""

    id: str
    given: str
    family: str
    gender: str
    birth: date
    street: str
    payer: str
    member: str
    clinician: str
    subscriber: str | None = None


@dataclass(frozen=True)
class Line:
    """One service line: code, modifiers, charge, units."""

    code: str
    modifiers: tuple[str, ...]
    charge: Decimal
    units: int = 1


@dataclass(frozen=True)
class Visit:
    """One encounter and what is billed for it: `plan` says how far its claim is taken."""

    id: str
    patient: str
    day: int  # days before today
    level: str
    place: str  # place of service code
    diagnoses: tuple[str, ...]
    lines: tuple[Line, ...]
    plan: str  # none, draft, submit
    authorization: str | None = None


PAYERS = (
    Payer("cascade", "Cascade Health Plan", "CHP01", "CI"),
    Payer("evergreen", "Evergreen Medicaid", "EVM02", "MC"),
)

PLACES = (
    Place("harbor", "Harbor Behavioral Health", npi("199900001"), "261QM0801X", ("outpatient",)),
    Place(
        "harbor-recovery",
        "Harbor Recovery Program",
        npi("199900002"),
        "261QR0405X",
        ("outpatient", "intensive-outpatient", "partial-hospitalization"),
        part_of="harbor",
    ),
)

CLINICIANS = (
    Clinician("okafor", "Adaeze", "Okafor", npi("199900011"), "2084P0800X", "MD"),
    Clinician("lindqvist", "Nils", "Lindqvist", npi("199900012"), "103TC0700X", "PhD"),
    Clinician("reyes", "Marisol", "Reyes", npi("199900013"), "1041C0700X", "LCSW"),
    Clinician("tanaka", "Ken", "Tanaka", npi("199900014"), "101YA0400X", "LADC", "okafor"),
)

PATIENTS = (
    Person("p01", "Ada", "Rivera", "female", date(1988, 3, 14), "12 Alder St", "cascade",
           "CHP100200301", "reyes"),
    Person("p02", "Ben", "Osei", "male", date(1975, 11, 2), "48 Birch Ave", "cascade",
           "CHP100200302", "lindqvist"),
    Person("p03", "Chloe", "Duarte", "female", date(1996, 7, 30), "7 Cedar Ct", "evergreen",
           "EVM55501003", "reyes"),
    Person("p04", "Daniel", "Kowalski", "male", date(1963, 1, 19), "210 Dogwood Ln", "cascade",
           "CHP100200304", "okafor"),
    Person("p05", "Elif", "Demir", "female", date(2001, 9, 9), "33 Elm St", "evergreen",
           "EVM55501005", "tanaka"),
    Person("p06", "Femi", "Adeyemi", "male", date(1990, 5, 23), "5 Fir Rd", "evergreen",
           "EVM55501006", "tanaka"),
    Person("p07", "Grace", "Holloway", "female", date(1982, 12, 1), "91 Ginkgo Way", "cascade",
           "OLD990000307", "lindqvist"),
    Person("p08", "Hiro", "Nakamura", "male", date(1970, 8, 16), "64 Hazel Dr", "cascade",
           "CHP100200308", "okafor"),
    Person("p09", "Iris", "Rivera", "female", date(2014, 4, 5), "12 Alder St", "cascade",
           "CHP100200301", "reyes", subscriber="p01"),
    Person("p10", "Jonas", "Weber", "male", date(1999, 2, 27), "18 Juniper Pl", "evergreen",
           "EVM55501010", "tanaka"),
    Person("p11", "Keisha", "Barnes", "female", date(1985, 6, 11), "77 Katsura St", "evergreen",
           "EVM55501011", "reyes"),
    Person("p12", "Luca", "Moretti", "male", date(1958, 10, 20), "3 Linden Sq", "cascade",
           "CHP100200312", "okafor"),
)  # fmt: skip


def line(code: str, charge: str, *modifiers: str, units: int = 1) -> Line:
    """Return a service line; `charge` is the money of all its units."""
    return Line(code, modifiers, Decimal(charge), units)


VISITS = (
    Visit("v01", "p01", 30, "outpatient", "11", ("F33.1",), (line("90791", "210.00"),), "submit"),
    Visit("v02", "p01", 23, "outpatient", "10", ("F33.1",), (line("90834", "145.00", "95"),),
          "submit"),
    Visit("v03", "p02", 21, "outpatient", "11", ("F41.1",), (line("90837", "180.00"),), "submit"),
    Visit("v04", "p03", 20, "outpatient", "11", ("F43.10",), (line("90834", "145.00"),), "submit"),
    Visit("v05", "p04", 18, "outpatient", "11", ("F31.32", "F10.20"),
          (line("99214", "165.00", "25"), line("90833", "95.00")), "submit"),
    Visit("v06", "p05", 15, "intensive-outpatient", "57", ("F11.20",),
          (line("H0015", "320.00", "HF", units=2),), "submit", authorization="EV-77120"),
    Visit("v07", "p06", 14, "outpatient", "57", ("F10.20",), (line("90853", "60.00", "HQ"),),
          "submit"),
    Visit("v08", "p09", 12, "outpatient", "11", ("F90.2",), (line("90837", "180.00"),), "submit"),
    Visit("v09", "p07", 9, "outpatient", "02", ("F40.10",), (line("90834", "145.00", "95"),),
          "submit"),
    Visit("v10", "p08", 6, "outpatient", "11", ("F20.9",), (line("99214", "165.00"),), "draft"),
    Visit("v11", "p10", 3, "intensive-outpatient", "57", ("F14.20",),
          (line("H0015", "160.00", "HF"),), "draft"),
    Visit("v12", "p12", 0, "outpatient", "11", ("F32.9",), (), "none"),
    Visit("v13", "p11", -2, "outpatient", "11", ("F43.23",), (), "none"),
    Visit("v14", "p02", 8, "outpatient", "11", ("F41.1",),
          (line("90834", "145.00"), line("90899", "75.00")), "submit"),
    Visit("v15", "p11", 7, "outpatient", "11", ("F43.23",), (line("90899", "75.00"),), "submit"),
)  # fmt: skip
