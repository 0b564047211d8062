"""Which line of our claim a paid service answers. A line is never answered twice."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from mappers.fhir_x12.line import line_control
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.remittance import ServicePayment
from mappers.path import JsonObject, read, text

_NUMBER, _CHARGE = getter("identifier[0].value"), getter("net.value")


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A line of a claim as a remittance can recognise it."""

    sequence: int
    control: str
    charge: Decimal | None
    item: JsonObject = field(repr=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its procedure."""
        return tuple(text(one) for one in read(self.item, "productOrService.coding.code"))

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The codes of its modifiers."""
        return tuple(text(one) for one in read(self.item, "modifier.coding.code"))


def match_lines(claim: JsonObject, services: Sequence[ServicePayment]) -> dict[int, int]:
    """Return the Claim.item.sequence for each service (by number) that has one."""
    free = list(claim_lines(claim))
    found: dict[int, int] = {}
    for test in LADDER:
        for service in services:
            if service.number in found:
                continue
            line = next((one for one in free if test(one, service)), None)
            if line is not None:
                free.remove(line)
                found[service.number] = line.sequence
    return found


def claim_lines(claim: JsonObject) -> Iterator[ClaimLine]:
    """Yield the lines of a claim with the control numbers they were sent under."""
    number = text(_NUMBER(claim))
    items = claim.get("item")
    for at, item in enumerate(items if isinstance(items, list) else [], 1):
        if isinstance(item, dict):
            told, charge = item.get("sequence"), _CHARGE(item)
            sequence = told if isinstance(told, int) else at
            exact = Decimal(charge) if isinstance(charge, int | Decimal) else None
            yield ClaimLine(sequence, line_control(number, sequence), exact, item)


def _same_service(line: ClaimLine, paid: ServicePayment) -> bool:
    return line.charge == paid.charge and (paid.submitted_code or paid.code) in line.codes


Test = Callable[[ClaimLine, ServicePayment], bool]
LADDER: tuple[Test, ...] = (
    lambda line, paid: bool(paid.line_control) and line.control == paid.line_control,
    lambda line, paid: _same_service(line, paid) and line.modifiers == paid.modifiers,
    _same_service,
)
"""From the surest to the weakest; the last one is for payers who drop modifiers."""
