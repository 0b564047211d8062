"""An 835 as facts: payment, claims, lines, adjustments. Money is exact, nothing is judged yet.

Nobody changes a fact. Those of a claim are not frozen, as freezing trebles what making one costs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from mappers.fhir_x12.amount import amount, day
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

REVERSAL = "22"
DENIAL = "4"
MOST_UNREADABLE = 100
"""Places told whose number cannot be read."""
PRIOR_PAYER = "23"
"""CARC: what a prior payer paid and adjusted."""


@dataclass(slots=True)
class Adjustment:
    """One triplet of a CAS: a positive amount lowers the payment."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None


@dataclass(slots=True)
class ServicePayment:
    """One SVC. `code` is SVC01 and `submitted_code` SVC06, if the payer changed the code."""

    number: int
    code: str
    modifiers: tuple[str, ...]
    submitted_code: str
    charge: Decimal
    paid: Decimal
    units: Decimal | None
    allowed: Decimal | None
    line_control: str
    serviced: str
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    loop: LoopNode = field(repr=False)

    @property
    def head(self) -> Segment | None:
        """The SVC."""
        return self.loop.first("SVC")

    @property
    def is_readable(self) -> bool:
        """Whether it names a procedure; where it does not, its amounts cannot be trusted."""
        return bool(self.code)

    @property
    def is_denied(self) -> bool:
        """Whether nothing of the line was allowed.

        A line of which a prior payer left nothing (CARC 23 alone) was not denied.
        """
        nothing = not self.paid and not _share(self.adjustments)
        is_settled = {one.reason for one in self.adjustments} == {PRIOR_PAYER}
        return self.is_readable and self.charge > 0 and nothing and not is_settled


@dataclass(slots=True)
class ClaimPayment:
    """One CLP. `number` counts the CLPs of the set from 1; `claim_number` is CLM01 come back.

    `group` is the LX01 it stands under.
    """

    number: int
    group: str
    claim_number: str
    status: str
    charge: Decimal
    paid: Decimal
    patient_share: Decimal | None
    payer_claim_number: str
    member_id: str
    rendering_npi: str
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    services: tuple[ServicePayment, ...]
    loop: LoopNode = field(repr=False)

    @property
    def is_reversal(self) -> bool:
        """Whether it takes back an earlier payment."""
        return self.status == REVERSAL

    @property
    def is_denial(self) -> bool:
        """Whether nothing was allowed: status 4, or nothing paid and no patient share."""
        share = _share(self.every_adjustment())
        return self.status == DENIAL or (not self.paid and not share and self.charge > 0)

    def every_adjustment(self) -> Iterator[Adjustment]:
        """Yield the adjustments of the claim and of its lines."""
        yield from self.adjustments
        for service in self.services:
            yield from service.adjustments


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One pair of a PLB: a positive amount lowers the payment. `head` is the segment."""

    head: Segment
    reason: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835. `trace` is TRN02 and `payer_id` TRN03; `root` is the loop of the whole set."""

    root: LoopNode = field(repr=False)
    trace: str
    payer_id: str
    payer_name: str
    payee_id: str
    payee_name: str
    paid: Decimal
    paid_on: str
    claims: tuple[ClaimPayment, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    unreadable: tuple[str, ...]


def _share(adjustments: Iterable[Adjustment]) -> Decimal:
    """Return what is left to the patient."""
    return sum((one.amount for one in adjustments if one.group == "PR"), Decimal())


def remittance(root: LoopNode) -> Remittance:
    """Return the facts of an 835; places whose number cannot be read are told in `unreadable`."""
    reader = PaymentReader()
    payment, trace, produced = root.first("BPR"), root.first("TRN"), root.first("DTM", "405")
    payer, payee = _named(root, "1000A"), _named(root, "1000B")
    loops = [(group_of(one), claim) for one in root.each("2000") for claim in one.each("2100")]
    credit = -1 if payment and payment.element(3) == "D" else 1
    return Remittance(
        root=root,
        trace=trace.element(2) if trace else "",
        payer_id=trace.element(3) if trace else "",
        payer_name=payer.element(2) if payer else "",
        payee_id=payee.element(4) if payee else "",
        payee_name=payee.element(2) if payee else "",
        paid=reader.money(payment, 2) * credit,
        paid_on=_first_day(payment, 16) or _first_day(produced, 2),
        claims=tuple(
            reader.claim(one, number, group) for number, (group, one) in enumerate(loops, 1)
        ),
        provider_adjustments=tuple(
            adjustment for one in root.every("PLB") for adjustment in reader.provider(one)
        ),
        unreadable=tuple(reader.unreadable),
    )


def group_of(loop: LoopNode) -> str:
    """Return the number of a claim group, LX01."""
    head = loop.first("LX")
    return head.element(1) if head else ""


def _first_day(segment: Segment | None, position: int) -> str:
    return day(segment.element(position)) if segment else ""


def _named(root: LoopNode, loop: str) -> Segment | None:
    found = root.child(loop)
    return found.first("N1") if found else None


class PaymentReader:
    """Reads loops and remembers where a number should have been, of many places the first."""

    def __init__(self) -> None:
        self.unreadable: list[str] = []

    def money(self, segment: Segment | None, position: int) -> Decimal:
        """Return an amount; an empty one is zero."""
        return self.number(segment, position) or Decimal()

    def number(self, segment: Segment | None, position: int) -> Decimal | None:
        """Return a number, None where there is none."""
        text = segment.element(position) if segment else ""
        found = amount(text)
        is_lost = text and found is None and len(self.unreadable) < MOST_UNREADABLE
        if is_lost and segment is not None:
            self.unreadable.append(f"{segment.id}{position:02d} (segment {segment.ordinal})")
        return found

    def claim(self, loop: LoopNode, number: int, group: str = "") -> ClaimPayment:
        """Return the facts of one 2100, which CLP opens."""
        head = loop.segments[0]
        member = loop.first("NM1", "IL") or loop.first("NM1", "QC")
        rendering = loop.first("NM1", "82")
        has_npi = rendering is not None and rendering.element(8) == "XX"
        return ClaimPayment(
            number=number,
            group=group,
            claim_number=head.element(1),
            status=head.element(2),
            charge=self.money(head, 3),
            paid=self.money(head, 4),
            patient_share=self.number(head, 5),
            payer_claim_number=head.element(7),
            member_id=member.element(9) if member else "",
            rendering_npi=rendering.element(9) if rendering and has_npi else "",
            adjustments=self._adjustments(loop),
            remarks=tuple(_remarks(loop)),
            services=tuple(self._service(one, at) for at, one in enumerate(loop.each("2110"), 1)),
            loop=loop,
        )

    def provider(self, segment: Segment) -> Iterator[ProviderAdjustment]:
        """Yield the pairs of a PLB."""
        for position in range(3, 15, 2):
            if segment.element(position):
                reason = segment.component(position, 1)
                reference = segment.component(position, 2)
                yield ProviderAdjustment(
                    segment, reason, reference, self.money(segment, position + 1)
                )

    def _service(self, loop: LoopNode, number: int) -> ServicePayment:
        head = loop.first("SVC")
        control, allowed = loop.first("REF", "6R"), loop.first("AMT", "B6")
        date = loop.first("DTM", "472") or loop.first("DTM", "150")
        parts = _procedure(head, 1)
        return ServicePayment(
            number=number,
            code=parts[1] if len(parts) > 1 else "",
            modifiers=tuple(one for one in parts[2:6] if one),
            submitted_code=before[1] if len(before := _procedure(head, 6)) > 1 else "",
            charge=self.money(head, 2),
            paid=self.money(head, 3),
            units=self.number(head, 5),
            allowed=self.number(allowed, 2),
            line_control=control.element(2) if control else "",
            serviced=day(date.element(2)) if date else "",
            adjustments=self._adjustments(loop),
            remarks=tuple(one.element(2) for one in loop.every("LQ") if one.element(2)),
            loop=loop,
        )

    def _adjustments(self, loop: LoopNode) -> tuple[Adjustment, ...]:
        return tuple(
            Adjustment(
                segment.element(1),
                segment.element(position),
                self.money(segment, position + 1),
                self.number(segment, position + 2),
            )
            for segment in loop.every("CAS")
            for position in range(2, 20, 3)
            if segment.element(position)
        )


def _procedure(segment: Segment | None, position: int) -> tuple[str, ...]:
    """Return the components of a procedure; some payers part them by `>` whatever ISA16 says."""
    text = segment.element(position) if segment else ""
    parts = segment.components(position) if segment else ()
    return tuple(text.split(">")) if len(parts) == 1 and ">" in text else parts


def _remarks(loop: LoopNode) -> Iterator[str]:
    """Yield the remark codes of MOA and MIA."""
    for name, positions in (("MOA", range(3, 8)), ("MIA", (5, 20, 21, 22, 23))):
        found = loop.first(name)
        if found is not None:
            yield from (found.element(at) for at in positions if found.element(at))
