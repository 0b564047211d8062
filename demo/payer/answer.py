"""The payer's files: 999, 277CA and 835, written from one interchange. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from demo.payer.claim import SubmittedClaim, SubmittedLine, submitted_claims
from demo.payer.policy import VOID, Decision, LineDecision, decide, plan_of
from mappers.x12.acknowledgments import acknowledge
from mappers.x12.envelope import Interchange
from mappers.x12.findings import verdict
from mappers.x12.grammar import Guide
from mappers.x12.reader import read
from mappers.x12.sets import PAYMENT_835, STATUS_277CA
from mappers.x12.tree import Node, Seg, node, seg
from mappers.x12.writer import Envelope, SetBody, write


@dataclass(frozen=True, slots=True)
class Answer:
    """One file for the submitter's inbox."""

    name: str
    data: bytes


def answers(data: bytes, name: str, written: datetime) -> Iterator[Answer]:
    """Yield the files that answer one 837P file; the same file gives the same answers.

    Control numbers and the payment's trace number follow from ISA13 of the interchange.
    """
    stem = name.rpartition(".")[0] or name
    for interchange in read(data).interchanges:
        control = int(interchange.header.control)
        receipt = acknowledge(
            interchange, interchange_control=control * 3, group_control=control * 3, written=written
        )
        if receipt is not None:
            yield Answer(f"{stem}.999", receipt)
        claims = [
            claim
            for group in interchange.groups
            for one in group.sets
            if one.header.id == "837" and verdict(one.findings) != "rejected"
            for claim in submitted_claims(one)
        ]
        if claims:
            yield from _about(claims, interchange, stem, written)


def _about(
    claims: Sequence[SubmittedClaim], interchange: Interchange, stem: str, written: datetime
) -> Iterator[Answer]:
    control = int(interchange.header.control)
    status = _envelope(interchange, control * 3 + 1, written)
    yield Answer(f"{stem}.277", _write(STATUS_277CA, _status(claims, interchange, written), status))
    decisions = [
        decide(claim, plan)
        for claim in claims
        if (plan := plan_of(claim.member)) is not None and claim.frequency != VOID
    ]
    if decisions:
        payment = _envelope(interchange, control * 3 + 2, written)
        tree = _payment(decisions, f"{claims[0].payer.element(9)}{control:09d}", written)
        yield Answer(f"{stem}.835", _write(PAYMENT_835, tree, payment))


def _write(guide: Guide, tree: Node, envelope: Envelope) -> bytes:
    return write(guide, [SetBody("0001", tree)], envelope)


def _envelope(interchange: Interchange, control: int, written: datetime) -> Envelope:
    header = interchange.header
    return Envelope(
        header.receiver_qualifier,
        header.receiver,
        header.sender_qualifier,
        header.sender,
        control,
        control,
        written,
        "P" if header.usage == "P" else "T",
    )


def _status(claims: Sequence[SubmittedClaim], interchange: Interchange, written: datetime) -> Node:
    """Return the 277CA: every claim accepted into adjudication, or rejected with its reason."""
    first, day = claims[0], f"{written:%Y%m%d}"
    batch = next(
        segment.element(3)
        for group in interchange.groups
        for one in group.sets
        for segment in one.segments
        if segment.id == "BHT"
    )
    taken = [one for one in claims if plan_of(one.member)]
    refused = len(claims) - len(taken)
    provider = node(
        "2000C",
        [seg("HL", 3, 2, "19", 1)],
        [
            node("2100C", [_named("85", first.provider.elements[2:])]),
            *(_claim_status(one, number, day) for number, one in enumerate(claims, 4)),
        ],
    )
    receiver = node(
        "2000B",
        [seg("HL", 2, 1, "21", 1)],
        [
            node("2100B", [seg("NM1", "41", "2", interchange.header.sender, *[None] * 4, "46",
                               interchange.header.sender)]),
            node("2200B", [
                seg("TRN", "2", batch),
                seg("STC", ("A1", "19", "PR"), day, "WQ", _total(claims)),
                *([seg("QTY", "90", len(taken))] if taken else []),
                *([seg("QTY", "AA", refused)] if refused else []),
            ]),
            provider,
        ],
    )  # fmt: skip
    payer = node(
        "2000A",
        [seg("HL", 1, None, "20", 1)],
        [
            node("2100A", [_named("PR", first.payer.elements[2:])]),
            node("2200A", [
                seg("TRN", "1", f"{batch}-ACK"),
                seg("DTP", "050", "D8", day),
                seg("DTP", "009", "D8", day),
            ]),
            receiver,
        ],
    )  # fmt: skip
    header = seg("BHT", "0085", "08", batch, day, f"{written:%H%M}", "TH")
    return node("277", [header], [payer])


def _claim_status(claim: SubmittedClaim, number: int, day: str) -> Node:
    known = plan_of(claim.member) is not None
    status = ("A2", "20", "PR") if known else ("A7", "164", "IL")
    segments = [
        seg("TRN", "2", claim.number),
        seg("STC", status, day, "WQ" if known else "U", claim.charge),
        *([seg("REF", "1K", _payer_number(claim))] if known else []),
        seg("DTP", "472", "D8", claim.lines[0].day),
    ]
    name = _patient(claim)
    level = [seg("HL", number, 3, "PT")]
    return node("2000D", level, [node("2100D", [name]), node("2200D", segments)])


def _patient(claim: SubmittedClaim) -> Seg:
    names = [claim.patient.element(number) or None for number in (3, 4, 5)]
    return seg("NM1", "QC", "1", *names, None, None, "MI", claim.member)


def _named(code: str, elements: Sequence[str]) -> Seg:
    return seg("NM1", code, *(one or None for one in elements))


def _total(claims: Sequence[SubmittedClaim]) -> Decimal:
    return sum((one.charge for one in claims), Decimal())


def _payer_number(claim: SubmittedClaim) -> str:
    """Return the payer's own number of a claim."""
    return f"{claim.payer.element(9)}-{claim.number}".replace(" ", "")


def _payment(decisions: Sequence[Decision], trace: str, written: datetime) -> Node:
    """Return the 835: one payment for the decisions, balanced at line, claim and payment."""
    first, day = decisions[0].claim, f"{written:%Y%m%d}"
    paid = sum((one.paid for one in decisions), Decimal())
    method = ("I", paid, "C", "CHK") if paid else ("H", Decimal(0), "C", "NON")
    payer = node("1000A", [
        seg("N1", "PR", first.payer.element(3)),
        seg("N3", "1 INSURANCE PLAZA"),
        seg("N4", "PORT ALDER", "WA", "983680001"),
        seg("PER", "BL", "CLAIMS DESK", "TE", "8005550100"),
    ])  # fmt: skip
    payee = node("1000B", [
        seg("N1", "PE", first.provider.element(3), "XX", first.provider.element(9))
    ])  # fmt: skip
    claims = node("2000", [seg("LX", 1)], [_claim_payment(one) for one in decisions])
    header = [
        seg("BPR", *method, *[None] * 11, day),
        seg("TRN", "1", trace, "1999999999"),
        seg("DTM", "405", day),
    ]
    return node("835", header, [payer, payee, claims])


def _claim_payment(decision: Decision) -> Node:
    claim = decision.claim
    head = seg(
        "CLP",
        claim.number,
        decision.status,
        claim.charge,
        decision.paid,
        decision.share or None,
        claim.filing if claim.filing in {"12", "13", "HM", "MB", "MC"} else "12",
        _payer_number(claim),
        claim.place,
        claim.frequency,
    )
    name = _patient(claim)
    return node("2100", [head, name], [_service_payment(one) for one in decision.lines])


def _service_payment(decision: LineDecision) -> Node:
    line: SubmittedLine = decision.line
    adjustments = [
        seg("CAS", group, *(value for one, reason, amount in decision.adjustments if one == group
                            for value in (reason, amount, None)))
        for group in dict.fromkeys(group for group, _, _ in decision.adjustments)
    ]  # fmt: skip
    return node(
        "2110",
        [
            seg("SVC", line.procedure, line.charge, decision.paid, None, line.units),
            seg("DTM", "472", line.day),
            *adjustments,
            *([seg("REF", "6R", line.control)] if line.control else []),
            *([seg("AMT", "B6", decision.allowed)] if decision.allowed else []),
            *(seg("LQ", "HE", one) for one in decision.remarks),
        ],
    )
