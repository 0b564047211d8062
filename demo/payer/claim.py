"""What the payer reads of an 837P or 837I: claims and lines as submitted."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from mappers.fhir_x12.amount import amount
from mappers.x12.envelope import TransactionSet
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode


@dataclass(frozen=True, slots=True)
class SubmittedLine:
    """A line: `procedure` is SV101 or SV202 whole, `code` its second component.

    `revenue` is SV201; `left` what a prior payer left to the patient (2430 CAS*PR), if it paid.
    """

    procedure: tuple[str, ...]
    charge: Decimal
    units: Decimal
    control: str
    day: str
    revenue: str = ""
    left: Decimal | None = None

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
    rank: str = "P"

    @property
    def day(self) -> str:
        """The first day of service."""
        return next((one.day for one in self.lines if one.day), "")


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
        lines=tuple(_line(one, _statement(loop)) for one in loop.each("2400")),
        rank=_segment(subscriber, "SBR").element(1),
    )


def _line(loop: LoopNode, statement: str) -> SubmittedLine:
    service, control = loop.first("SV1"), loop.first("REF", "6R")
    facility = loop.first("SV2")
    at = 1 if service or not facility else 2
    chosen = service or facility or Segment("SV1", ("SV1",))
    day = loop.first("DTP", "472")
    return SubmittedLine(
        procedure=chosen.components(at),
        charge=amount(chosen.element(at + 1)) or Decimal(),
        units=amount(chosen.element(at + 3)) or Decimal(1),
        control=control.element(2) if control else "",
        day=day.element(3)[:8] if day else statement,
        revenue=chosen.element(1) if at == 2 else "",
        left=_left(loop),
    )


def _statement(loop: LoopNode) -> str:
    """Return the first day of the statement of an institutional claim."""
    found = loop.first("DTP", "434")
    return found.element(3)[:8] if found else ""


def _left(loop: LoopNode) -> Decimal | None:
    """Return what prior payers left to the patient of a line; None where none decided it."""
    decided = list(loop.each("2430"))
    if not decided:
        return None
    left = Decimal()
    for one in decided[-1].every("CAS", "PR"):
        left += sum((amount(one.element(at)) or Decimal() for at in range(3, 20, 3)), Decimal())
    return left


def _name(loop: LoopNode, id: str) -> Segment:
    child = loop.child(id)
    return _segment(child, "NM1") if child else Segment("NM1", ("NM1",))


def _segment(loop: LoopNode, id: str) -> Segment:
    return loop.first(id) or Segment(id, (id,))
