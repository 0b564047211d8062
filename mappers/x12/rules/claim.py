"""What many rules ask of a claim: its lines, charges, procedures, diagnoses, dates, providers."""

from decimal import Decimal

from mappers.x12.diagnosis import is_date, is_period
from mappers.x12.lexer import Segment
from mappers.x12.rules.amount import number
from mappers.x12.rules.view import View

SERVICES: dict[str, tuple[str, int, int, int]] = {  # segment, charge, procedure, units
    "837P": ("SV1", 2, 1, 4),
    "837I": ("SV2", 3, 2, 5),
    "837D": ("SV3", 2, 1, 6),
}
SERVICE_IDS = tuple(row[0] for row in SERVICES.values())
_NO_SERVICE = ("SV1", 2, 1, 4)


def service(line: View) -> Segment | None:
    """Return the service segment of a line (SV1, SV2, SV3)."""
    found = line.service
    if found is None:
        id = SERVICES.get(line.scene.kind, _NO_SERVICE)[0]
        found = line.service = (line.first(id),)
    return found[0]


def charge_at(kind: str) -> int:
    """Return the element that holds the charge of a line."""
    return SERVICES.get(kind, _NO_SERVICE)[1]


def procedure_at(kind: str) -> int:
    """Return the element that holds the procedure of a line."""
    return SERVICES.get(kind, _NO_SERVICE)[2]


def units_at(kind: str) -> int:
    """Return the element that holds the quantity of a line."""
    return SERVICES.get(kind, _NO_SERVICE)[3]


def procedure(line: View) -> tuple[str, tuple[str, ...]]:
    """Return the procedure code of a line and its modifiers; empty where there is none."""
    found = line.procedure
    if found is None:
        found = line.procedure = _procedure(line)
    return found


def _procedure(line: View) -> tuple[str, tuple[str, ...]]:
    segment = service(line)
    parts = segment.components(procedure_at(line.scene.kind)) if segment else ()
    if len(parts) < 2:
        return "", ()
    return parts[1], tuple(part for part in parts[2:6] if part)


def units(line: View) -> Decimal | None:
    """Return the quantity of a line."""
    segment = service(line)
    return number(segment.element(units_at(line.scene.kind))) if segment else None


def service_days(line: View) -> tuple[str, str]:
    """Return first and last day of a line (CCYYMMDD); empty where they are not told."""
    found = line.days
    if found is None:
        found = line.days = _service_days(line)
    return found


def _service_days(line: View) -> tuple[str, str]:
    date = line.first("DTP", "472")
    if date is None:
        return "", ""
    text = date.element(3)
    if date.element(2) == "RD8" and is_period(text, "RD8"):
        return text[:8], text[9:]
    day = text[:8] if is_date(text[:8]) else ""
    return day, day


def npi(loop: View | None) -> str:
    """Return the NPI in the name of a provider's loop."""
    name = loop.first("NM1") if loop is not None else None
    return name.element(9) if name is not None and name.element(8) == "XX" else ""


def billing(claim: View) -> View | None:
    """Return the billing provider of a claim (2010AA)."""
    level = claim.up("2000A")
    return level.child("2010AA") if level is not None else None


def coverage(claim: View) -> Segment | None:
    """Return the SBR of the payer a claim is sent to."""
    level = claim.up("2000B")
    return level.first("SBR") if level is not None else None


def is_inpatient(claim: View) -> bool:
    """Tell whether the bill type of an institutional claim is one of an inpatient stay."""
    kind = claim.opening.component(5, 1)
    return claim.scene.kind == "837I" and kind[:2] in {"11", "12", "18", "21", "41", "86"}
