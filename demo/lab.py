"""Results of the demonstration laboratory as HL7 v2 messages: urine drug screens and a panel."""

from dataclasses import dataclass
from datetime import date, timedelta

from demo.roster import PATIENTS


@dataclass(frozen=True)
class Analyte:
    """One result line: LOINC code and name, value type, value, unit, range, flag."""

    code: str
    name: str
    kind: str
    value: str
    unit: str = ""
    range: str = ""
    flag: str = ""


def screen(*positive: str) -> tuple[Analyte, ...]:
    """Return a presumptive drug screen in which these analytes are positive."""
    names = {
        "8150-5": "Opiates",
        "3394-4": "Benzodiazepines",
        "42860-7": "Fentanyl",
        "8220-6": "Methadone",
        "3937-0": "Oxycodone",
    }
    found = tuple(
        Analyte(code, name, "ST", "Positive" if name in positive else "Negative",
                flag="A" if name in positive else "N")
        for code, name in names.items()
    )  # fmt: skip
    return (*found, Analyte("2161-8", "Creatinine", "NM", "84.0", "mg/dL", "20-300", "N"))


PANEL = (
    Analyte("2345-7", "Glucose", "NM", "92", "mg/dL", "70-99", "N"),
    Analyte("2160-0", "Creatinine", "NM", "0.90", "mg/dL", "0.50-1.10", "N"),
    Analyte("14334-7", "Lithium", "NM", "0.70", "mmol/L", "0.60-1.20", "N"),
)
ORDERS = (
    ("p05", "24349-3", "Drug screen, urine", screen("Fentanyl")),
    ("p06", "24349-3", "Drug screen, urine", screen()),
    ("p10", "24349-3", "Drug screen, urine", screen("Benzodiazepines", "Opiates")),
    ("p04", "24323-8", "Metabolic panel with lithium", PANEL),
)


def results(today: date) -> list[bytes]:
    """Return one ORU^R01 an order; the same day gives the same messages."""
    return [
        message(patient, code, name, analytes, number, today)
        for number, (patient, code, name, analytes) in enumerate(ORDERS, 1)
    ]


def message(
    patient: str, code: str, name: str, analytes: tuple[Analyte, ...], number: int, today: date
) -> bytes:
    """Return the result message of one order."""
    who = next(one for one in PATIENTS if one.id == patient)
    day = f"{today - timedelta(days=1):%Y%m%d}"
    order = f"ORD-{patient}^^https://harbor.example/order^URI"
    filler = f"PL{number:05}^PORTLAB"
    lines = [
        f"MSH|^~\\&|LIS|PORTLAB|PARITY|HARBOR|{day}101500||ORU^R01^ORU_R01|LAB{day}{number}|P|2.5.1",
        (
            f"PID|1||H-{patient[1:]}^^^&https://harbor.example/mrn&URI^MR||{who.family}^{who.given}"
            f"||{who.birth:%Y%m%d}|{who.gender[0].upper()}|||{who.street}^^Port Alder^WA^98368"
        ),
        f"ORC|RE|{order}|{filler}",
        (
            f"OBR|1|{order}|{filler}|{code}^{name}^LN|||{day}080000|||||||||"
            f"1999000114^Okafor^Adaeze||||||{day}100000||LAB|F"
        ),
    ]
    lines += [
        f"OBX|{place}|{one.kind}|{one.code}^{one.name}^LN||{one.value}|{one.unit}|{one.range}|"
        f"{one.flag}|||F|||{day}080000"
        for place, one in enumerate(analytes, 1)
    ]
    lines.append(f"SPM|1|PL{number:05}&PORTLAB||{'UR^Urine' if len(analytes) > 3 else 'BLD^Blood'}")
    return "\r".join(lines).encode() + b"\r"
