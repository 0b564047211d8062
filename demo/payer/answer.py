"""The payer's files: 999, 277CA and 835, written from one interchange. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from demo.payer.claim import SubmittedClaim, submitted_claims
from demo.payer.payment import patient_name, payer_number, payment_tree, reversed_decision
from demo.payer.policy import VOID, decide, plan_of
from demo.payer.scenario import Rule, Scenario
from mappers.x12.acknowledgments import acknowledge
from mappers.x12.envelope import Group, Interchange, TransactionSet
from mappers.x12.findings import Finding, verdict
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


Heard = Sequence[tuple[SubmittedClaim, Rule]]
"""Claims with the rule that tells what is done with each."""


def answers(
    data: bytes, name: str, written: datetime, scenario: Scenario | None = None
) -> Iterator[Answer]:
    """Yield the files that answer one file of claims.

    Control numbers and the payment's trace number follow from ISA13 of the interchange, so that
    the same file gives the same answers, unless the scenario counts submissions.
    """
    scenario = scenario or Scenario()
    stem = name.rpartition(".")[0] or name
    for interchange in read(data).interchanges:
        heard = {id(one): _heard(one, scenario) for _, one in _sets(interchange)}
        rules = [rule for some in heard.values() for _, rule in some]
        if any(one.silent for one in rules):
            continue
        judged = _judged(interchange, heard)
        control = _control(interchange, 0)
        receipt = acknowledge(
            judged, interchange_control=control, group_control=control, written=written
        )
        if receipt is not None:
            yield Answer(f"{stem}.999", receipt)
        refused = {id(one) for group in judged.groups for one in group.sets
                   if verdict(one.findings) == "rejected"}  # fmt: skip
        refused |= {key for key, some in heard.items() if any(rule.acknowledge for _, rule in some)}
        claims = [pair for key, some in heard.items() if key not in refused for pair in some]
        if claims:
            yield from _about(claims, interchange, stem, written)


def delay_of(data: bytes, scenario: Scenario) -> float:
    """Return for how many seconds the answers to a file are held back."""
    rules = [
        scenario.rule(claim.number, claim.member, claim.payer.element(9))
        for interchange in read(data).interchanges
        for _, one in _sets(interchange)
        for claim in submitted_claims(one)
    ]
    return max((one.delay for one in rules), default=0.0)


def _sets(interchange: Interchange) -> Iterator[tuple[Group, TransactionSet]]:
    for group in interchange.groups:
        for one in group.sets:
            if one.header.id == "837":
                yield group, one


def _heard(one: TransactionSet, scenario: Scenario) -> Heard:
    return [
        (claim, scenario.submitted(claim.number, claim.member, claim.payer.element(9)))
        for claim in submitted_claims(one)
    ]


def _judged(interchange: Interchange, heard: Mapping[int, Heard]) -> Interchange:
    """Return the interchange with the faults that the scenario finds in its sets."""
    groups = [
        replace(group, sets=[_faulty(one, heard.get(id(one), ())) for one in group.sets])
        for group in interchange.groups
    ]
    return replace(interchange, groups=groups)


def _faulty(one: TransactionSet, heard: Heard) -> TransactionSet:
    faults = [rule.acknowledge for _, rule in heard if rule.acknowledge is not None]
    found = [
        Finding(
            "scenario",
            2,
            "error",
            "the scenario refuses this set",
            report="IK4",
            code=fault.code,
            loop="2300" if segment.id == "CLM" else "",
            segment=segment.id,
            ordinal=segment.ordinal,
            element=fault.element,
        )
        for fault in faults
        for segment in [next((s for s in one.segments if s.id == fault.segment), one.segments[0])]
    ]
    return replace(one, findings=[*one.findings, *found]) if found else one


def _control(interchange: Interchange, part: int) -> int:
    """Return a control number for one part of the answers to an interchange."""
    return (int(interchange.header.control) * 8 + part) % 1_000_000_000


def _about(
    heard: Heard, interchange: Interchange, stem: str, written: datetime
) -> Iterator[Answer]:
    status = _envelope(interchange, _control(interchange, 1), written)
    yield Answer(f"{stem}.277", _write(STATUS_277CA, _status(heard, interchange, written), status))
    taken = [
        (claim, rule, plan)
        for claim, rule in heard
        if (plan := plan_of(claim.member)) is not None
        and claim.frequency != VOID
        and not (rule.is_rejected or rule.is_pended)
    ]
    if not taken:
        return
    decisions = [decide(claim, plan, rule) for claim, rule, plan in taken]
    withheld = sum((rule.takeback for _, rule, _ in taken), Decimal())
    trace = f"{taken[0][0].payer.element(9)}{interchange.header.control}"
    payment = _envelope(interchange, _control(interchange, 2), written)
    data = _write(PAYMENT_835, payment_tree(decisions, trace, written, withheld), payment)
    yield Answer(f"{stem}.835", _spoilt(data, [rule for _, rule, _ in taken]))
    again = [
        (decide(claim, plan, rule), decide(claim, plan))
        for claim, rule, plan in taken
        if rule.reverse
    ]
    if again:
        envelope = _envelope(interchange, _control(interchange, 3), written)
        pairs = [one for before, after in again for one in (reversed_decision(before), after)]
        tree = payment_tree(pairs, f"{trace}R", written, Decimal())
        yield Answer(f"{stem}-corrected.835", _write(PAYMENT_835, tree, envelope))


def _spoilt(data: bytes, rules: Sequence[Rule]) -> bytes:
    """Return a payment as the scenario spoils it."""
    kinds = {one.malformed for one in rules}
    if "truncated" in kinds:
        return data[: len(data) * 2 // 3]
    return b"<html>Service unavailable</html>" if "nonsense" in kinds else data


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


def _status(heard: Heard, interchange: Interchange, written: datetime) -> Node:
    """Return the 277CA: every claim accepted into adjudication, or rejected with its reason."""
    claims = [claim for claim, _ in heard]
    first, day = claims[0], f"{written:%Y%m%d}"
    batch = next(
        segment.element(3)
        for group in interchange.groups
        for one in group.sets
        for segment in one.segments
        if segment.id == "BHT"
    )
    taken = [one for one, rule in heard if plan_of(one.member) and not rule.is_rejected]
    refused = len(claims) - len(taken)
    provider = node(
        "2000C",
        [seg("HL", 3, 2, "19", 1)],
        [
            node("2100C", [_named("85", first.provider.elements[2:])]),
            *(_claim_status(*one, number, day) for number, one in enumerate(heard, 4)),
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


def _claim_status(claim: SubmittedClaim, rule: Rule, number: int, day: str) -> Node:
    known = plan_of(claim.member) is not None and not rule.is_rejected
    plain = ("A2", "20", "PR") if known else ("A7", "164", "IL")
    status = tuple(rule.status.split(":")) if rule.status else plain
    segments = [
        seg("TRN", "2", claim.number),
        seg("STC", status, day, "WQ" if known else "U", claim.charge),
        *([seg("REF", "1K", payer_number(claim))] if known else []),
        seg("DTP", "472", "D8", claim.day),
    ]
    name = patient_name(claim)
    level = [seg("HL", number, 3, "PT")]
    return node("2000D", level, [node("2100D", [name]), node("2200D", segments)])


def _named(code: str, elements: Sequence[str]) -> Seg:
    return seg("NM1", code, *(one or None for one in elements))


def _total(claims: Sequence[SubmittedClaim]) -> Decimal:
    return sum((one.charge for one in claims), Decimal())
