"""What the payer reads of an 837P: claims and lines as submitted."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from mappers.fhir_x12.amount import amount
from mappers.x12.envelope import TransactionSet
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode


@dataclass(frozen=True, slots=True)
class SubmittedLine:
    """A line: `procedure` is SV101 whole, `code` its second component."""

    procedure: tuple[str, ...]
    charge: Decimal
    units: Decimal
    control: str
    day: str

    @property
    def code(self) -> str:
        """The procedure code."""
        return self.procedure[1] if len(self.procedure) > 1 else ""


@dataclass(frozen=True, slots=True)
class SubmittedClaim:
    """A claim with the segments that name patient, billing provider and payer."""

    number: str
    charge: Decimal
    place: str
    frequency: str
    filing: str
    member: str
    patient: Segment
    provider: Segment
    payer: Segment
    lines: tuple[SubmittedLine, ...]


def submitted_claims(one: TransactionSet) -> Iterator[SubmittedClaim]:
    """Yield the claims of an 837P that was read without errors."""
    for billing in one.root.each("2000A"):
        for subscriber in billing.each("2000B"):
            yield from _claims(billing, subscriber, "2010BA", subscriber)
            for patient in subscriber.each("2000C"):
                yield from _claims(billing, subscriber, "2010CA", patient)


def _claims(
    billing: LoopNode, subscriber: LoopNode, name: str, patient: LoopNode
) -> Iterator[SubmittedClaim]:
    for loop in patient.each("2300"):
        yield _claim(loop, billing, subscriber, name, patient)


def _claim(
    loop: LoopNode, billing: LoopNode, subscriber: LoopNode, name: str, patient: LoopNode
) -> SubmittedClaim:
    head = _segment(loop, "CLM")
    place = head.components(5)
    return SubmittedClaim(
        number=head.element(1),
        charge=amount(head.element(2)) or Decimal(),
        place=place[0],
        frequency=place[2],
        filing=_segment(subscriber, "SBR").element(9),
        member=_name(subscriber, "2010BA").element(9),
        patient=_name(patient, name),
        provider=_name(billing, "2010AA"),
        payer=_name(subscriber, "2010BB"),
        lines=tuple(_line(one) for one in loop.each("2400")),
    )


def _line(loop: LoopNode) -> SubmittedLine:
    service, control = _segment(loop, "SV1"), loop.first("REF", "6R")
    return SubmittedLine(
        procedure=service.components(1),
        charge=amount(service.element(2)) or Decimal(),
        units=amount(service.element(4)) or Decimal(1),
        control=control.element(2) if control else "",
        day=_segment(loop, "DTP").element(3)[:8],
    )


def _name(loop: LoopNode, id: str) -> Segment:
    child = loop.child(id)
    return _segment(child, "NM1") if child else Segment("NM1", ("NM1",))


def _segment(loop: LoopNode, id: str) -> Segment:
    return loop.first(id) or Segment(id, (id,))
