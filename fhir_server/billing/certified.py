"""What payers certified of services, and which authorization a claim's lines stand under. Pure.

A line is covered by a certified service of its procedure or revenue code whose period holds its
days, as long as units are left of those certified. Source: 278, HCR and 2000F; REF*G1 of the 837.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mappers.fhir_x12 import pas
from mappers.fhir_x12.review_answer import ACTION, NUMBER
from mappers.path import JsonObject, JsonValue, read, text

GRANTED = frozenset({"A1", "A2", "A6"})
"""HCR01: certified in total, in part, modified."""
_DETAIL = pas.extension("itemAuthorizedDetail")
_PERIOD = f"{pas.extension('itemPreAuthPeriod')}.valuePeriod"
_CODES = ("productOrService.coding.code", "revenue.coding.code")
_AUTHORIZED = (
    f"{_DETAIL}.extension[url=productOrServiceCode].valueCodeableConcept.coding.code",
    f"{_DETAIL}.extension[url=revenue].valueCodeableConcept.coding.code",
)
Used = Mapping[tuple[str, str], Decimal]
"""Units claimed before, by number of the authorization and code."""


@dataclass(frozen=True, slots=True)
class Certified:
    """One certified service: codes, days (`start`, `end`; empty: open), units (None: not told)."""

    number: str
    codes: frozenset[str]
    start: str
    end: str
    units: Decimal | None

    def covers(self, line: JsonObject, claim: JsonObject) -> bool:
        """Tell whether a line is of this service and within its days."""
        days = days_of(line, claim)
        first, last = min(days, default=""), max(days, default="")
        is_in_time = (not self.start or first >= self.start) and (not self.end or last <= self.end)
        return bool(self.codes & codes_of(line)) and is_in_time


@dataclass(frozen=True, slots=True)
class Found:
    """The authorization of a claim, empty where none is clear, and numbers whose units are used."""

    number: str
    exhausted: tuple[str, ...] = ()


def certified(request: JsonObject, response: JsonObject) -> Iterator[Certified]:
    """Yield the services a response certifies of what was requested, if it gives a number."""
    asked = {_sequence(one): one for one in read(request, "item")}
    for item in read(response, "item"):
        number = text(NUMBER(item) or response.get("preAuthRef") or "")
        if not number or text(ACTION(item)) not in GRANTED:
            continue
        source = asked.get(next(iter(read(item, "itemSequence")), None), {})
        codes = {text(one) for path in _AUTHORIZED for one in read(item, path)}
        codes = codes or {text(one) for path in _CODES for one in read(source, path)}
        period = next(iter(read(item, _PERIOD)), None) or response.get("preAuthPeriod")
        period = period or next(iter(read(source, "servicedPeriod")), None)
        units = read(item, f"{_DETAIL}.extension[url=quantity].valueQuantity.value")
        units = units or read(source, "quantity.value")
        yield Certified(
            number,
            frozenset(codes),
            _day(period, "start"),
            _day(period, "end"),
            Decimal(text(units[0])) if units else None,
        )


def authorization_for(claim: JsonObject, services: Sequence[Certified], used: Used) -> Found:
    """Return the number all covered lines of a claim share; none where they would need several."""
    numbers: set[str] = set()
    exhausted: set[str] = set()
    taken: Counter[tuple[str, str]] = Counter()
    for line in _objects(claim, "item"):
        fitting = [one for one in services if one.covers(line, claim)]
        left = [one for one in fitting if _has_left(one, line, used, taken)]
        exhausted.update(one.number for one in fitting if one not in left)
        if left:
            chosen = left[0]
            numbers.add(chosen.number)
            for code in chosen.codes & codes_of(line):
                taken[chosen.number, code] += int(units_of(line))
    number = numbers.pop() if len(numbers) == 1 and not exhausted else ""
    return Found(number, tuple(sorted(exhausted)))


def _has_left(
    one: Certified, line: JsonObject, used: Used, taken: Mapping[tuple[str, str], int]
) -> bool:
    if one.units is None:
        return True
    codes = one.codes & codes_of(line)
    before = sum((used.get((one.number, code), Decimal()) for code in codes), Decimal())
    now = sum(taken.get((one.number, code), 0) for code in codes)
    return before + now + units_of(line) <= one.units


def used_by(claims: Iterable[JsonObject]) -> dict[tuple[str, str], Decimal]:
    """Return the units that claims bill under their authorizations, by number and code."""
    found: dict[tuple[str, str], Decimal] = {}
    for claim in claims:
        numbers = {text(one) for one in read(claim, "insurance.preAuthRef")}
        for line in _objects(claim, "item"):
            for key in ((number, code) for number in numbers for code in codes_of(line)):
                found[key] = found.get(key, Decimal()) + units_of(line)
    return found


def codes_of(line: JsonObject) -> set[str]:
    """Return the procedure and revenue codes of a line."""
    return {text(one) for path in _CODES for one in read(line, path)}


def units_of(line: JsonObject) -> Decimal:
    """Return the units of a line; one where it tells none."""
    told = read(line, "quantity.value")
    return Decimal(text(told[0])) if told else Decimal(1)


def days_of(line: JsonObject, claim: JsonObject) -> list[str]:
    """Return the days of a line, else those of its claim."""
    paths = ("servicedDate", "servicedPeriod.start", "servicedPeriod.end")
    own = [text(one)[:10] for path in paths for one in read(line, path)]
    whole = ("billablePeriod.start", "billablePeriod.end")
    return own or [text(one)[:10] for path in whole for one in read(claim, path)]


def _objects(tree: JsonObject, path: str) -> list[JsonObject]:
    return [one for one in read(tree, path) if isinstance(one, dict)]


def _sequence(item: JsonValue) -> JsonValue:
    return item.get("sequence") if isinstance(item, dict) else None


def _day(period: JsonValue, name: str) -> str:
    return text(period.get(name) or "")[:10] if isinstance(period, dict) else ""
