"""Behavioral-health services (SNIP 6): add-ons, units of time, modifiers, telehealth."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from mappers.x12.diagnosis import is_date
from mappers.x12.lexer import Segment
from mappers.x12.rules import behavioral_table as table
from mappers.x12.rules.claim import (
    npi,
    procedure,
    procedure_at,
    service,
    service_days,
    units,
    units_at,
)
from mappers.x12.rules.health_code import diagnoses
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_PROFESSIONAL = ("837P",)
_BOTH = ("837P", "837I")
_BASES = {code: basis for basis in table.UNITS for code in basis.codes}
_ADD_ONS = {one.code: one for one in table.ADD_ONS}
_EXCLUSIONS = {one.code: one for one in table.EXCLUSIONS}


class Dated(Protocol):
    """A row of the table: in force from a day to a day."""

    @property
    def since(self) -> date:
        """The first day."""

    @property
    def until(self) -> date | None:
        """The last day; None while it holds."""


def _is_in_force(row: Dated, text: str) -> bool:
    if not is_date(text):
        return True
    day = date.fromisoformat(text)
    return row.since <= day and (row.until is None or day <= row.until)


def _at(line: View) -> tuple[Segment, int]:
    """Return the service segment of a line that has one, and where its procedure stands."""
    segment = service(line)
    return segment or line.opening, procedure_at(line.scene.kind)


def _by_day(claim: View) -> dict[str, set[str]]:
    """Return the procedures of each day of a claim."""
    days: dict[str, set[str]] = {}
    for line in claim.each("2400"):
        days.setdefault(service_days(line)[0], set()).add(procedure(line)[0])
    return days


def _add_on(claim: View) -> Iterator[Hit]:
    lines = [one for one in claim.each("2400") if procedure(one)[0] in _ADD_ONS]
    days = _by_day(claim) if lines else {}
    for line in lines:
        code, day = procedure(line)[0], service_days(line)[0]
        row = _ADD_ONS[code]
        if _is_in_force(row, day) and not row.bases & days.get(day, set()):
            segment, at = _at(line)
            yield Hit(segment, at, 2, f"{code} without its base")


def _excluded(claim: View) -> Iterator[Hit]:
    lines = [one for one in claim.each("2400") if procedure(one)[0] in _EXCLUSIONS]
    days = _by_day(claim) if lines else {}
    for line in lines:
        (code, modifiers), day = procedure(line), service_days(line)[0]
        row = _EXCLUSIONS[code]
        met = row.others & days.get(day, set())
        if met and _is_in_force(row, day) and not table.DISTINCT & set(modifiers):
            segment, at = _at(line)
            yield Hit(segment, at, 2, f"{code} beside {min(met)}")


def _days(line: View) -> tuple[str, str]:
    """Return first and last day of a line, those of the statement where it has none."""
    claim = line.up("2300")
    statement = claim.first("DTP", "434") if claim is not None else None
    days = service_days(line)
    if days[0] or statement is None or len(statement.element(3)) != 17:
        return days
    return statement.element(3)[:8], statement.element(3)[9:]


def _unit_basis(line: View) -> Iterator[Hit]:
    code = procedure(line)[0]
    basis = _BASES.get(code)
    count = units(line) if basis is not None else None
    if basis is None or count is None or count <= basis.most:
        return
    first, last = _days(line)
    if not _is_in_force(basis, first):
        return
    days = 1
    if is_date(first) and is_date(last):
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    most = basis.most * (-(-days // 7) if basis.unit == "week" else max(days, 1))
    if count > most:
        segment, _ = _at(line)
        told = f"{code} counts by {basis.unit}, {count} units in {days} days"
        yield Hit(segment, units_at(line.scene.kind), None, told)


def _same_service(claim: View) -> Iterator[Hit]:
    seen: set[tuple[str, str, tuple[str, ...], str]] = set()
    lines = claim.each("2400")
    for line in lines if len(lines) > 1 else ():
        code, modifiers = procedure(line)
        renderer = npi(line.child("2420A"))
        key = (service_days(line)[0], code, modifiers, renderer)
        is_drug = line.child("2410") is not None
        if code and key in seen and not is_drug and not table.DISTINCT & set(modifiers):
            segment, at = _at(line)
            yield Hit(segment, at, 2)
        seen.add(key)


def _diagnosed(claim: View) -> Iterator[Hit]:
    lines = claim.each("2400")
    if not any(procedure(line)[0] in table.INDIVIDUAL for line in lines):
        return
    codes = [segment.component(at, 2) for segment, at in diagnoses(claim)]
    if codes and not any(code[:1] in {"F", "Z", "R", "T"} for code in codes):
        yield Hit(claim.first("HI") or claim.opening, 1, 2)


RULES: tuple[Rule, ...] = (
    Rule(
        "add-on-base",
        _BOTH,
        "2300",
        6,
        "warning",
        "an add-on code needs its base code for the same day in the same claim",
        "bill both in one claim, or the service without the add-on",
        _add_on,
        path="Claim.item.productOrService",
        status="A8:454",
    ),
    Rule(
        "services-exclude",
        _BOTH,
        "2300",
        6,
        "warning",
        "the two services are not billed for one day",
        "bill the one that was given, or 59 or X{EPSU} where both were, apart",
        _excluded,
        path="Claim.item.productOrService",
        status="A8:454",
    ),
    Rule(
        "unit-basis",
        _BOTH,
        "2400",
        6,
        "warning",
        "there are more units than the days of service can hold",
        "bill a per-diem or session code once a day, a timed code by its quarter hours",
        _unit_basis,
        status="A7:476",
    ),
    Rule(
        "service-repeated",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "the same service of one day stands on two lines",
        "bill one line with two units, or 76, 77, 59 or X{EPSU} on the second",
        _same_service,
        path="Claim.item",
        status="A7:54",
    ),
    Rule(
        "behavioral-diagnosis",
        _PROFESSIONAL,
        "2300",
        6,
        "information",
        "psychotherapy is billed without a diagnosis of mental health",
        "check the diagnoses of the session",
        _diagnosed,
        path="Claim.diagnosis",
        status="A7:255",
    ),
)
