"""Which line of our claim a paid service answers. A line is never answered twice."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mappers.fhir_x12.line import line_control
from mappers.fhir_x12.remittance import ServicePayment
from mappers.path import JsonObject, read, text


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A line of a claim as a remittance can recognise it."""

    sequence: int
    control: str
    codes: tuple[str, ...]
    modifiers: tuple[str, ...]
    charge: Decimal | None


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
    numbers = read(claim, "identifier[0].value")
    number = text(numbers[0]) if numbers else ""
    for at, item in enumerate(read(claim, "item"), 1):
        sequences = read(item, "sequence")
        sequence = sequences[0] if sequences and isinstance(sequences[0], int) else at
        charges = read(item, "net.value")
        charge = Decimal(charges[0]) if charges and isinstance(charges[0], (int, Decimal)) else None
        codes = tuple(text(one) for one in read(item, "productOrService.coding.code"))
        modifiers = tuple(text(one) for one in read(item, "modifier.coding.code"))
        yield ClaimLine(sequence, line_control(number, sequence), codes, modifiers, charge)


def _same_service(line: ClaimLine, paid: ServicePayment) -> bool:
    return (paid.submitted_code or paid.code) in line.codes and line.charge == paid.charge


Test = Callable[[ClaimLine, ServicePayment], bool]
LADDER: tuple[Test, ...] = (
    lambda line, paid: bool(paid.line_control) and line.control == paid.line_control,
    lambda line, paid: _same_service(line, paid) and line.modifiers == paid.modifiers,
    _same_service,
)
"""From the surest to the weakest; the last one is for payers who drop modifiers."""
