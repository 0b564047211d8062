"""Answer claims with a 277CA built from findings: each claim accepted or rejected, and why.

What SNIP 3 to 7 find is told here and not in a 999: by the claim it belongs to, with a status a
biller's system understands. A finding above the claims (payer, subscriber, billing provider)
rejects every claim below it; one of the batch itself rejects them all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mappers.x12.envelope import TransactionSet
from mappers.x12.findings import Finding
from mappers.x12.lexer import Segment
from mappers.x12.rules.amount import number
from mappers.x12.tree import LoopNode, Node, Seg, node, seg

_MOST_STATUSES = 5
_LONGEST_TEXT = 264
_ACCEPTED, _REFUSED_BATCH = "A2:20", "A3:21"
_DEFAULT = "A7:21"
_NO_MEMBER = "UNKNOWN"  # the guide wants an id where the claim had none
_LEVELS = frozenset({"2000A", "2000B", "2000C"})


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers: the payer (`PR`) or a clearinghouse (`AY`), and how it is known."""

    name: str
    id: str
    kind: str = "PR"
    id_kind: str = "PI"


@dataclass(frozen=True, slots=True)
class Answered:
    """One claim and why it is rejected; nothing means that it is accepted."""

    claim: LoopNode
    patient: Segment | None
    member: str
    findings: tuple[Finding, ...]

    @property
    def charge(self) -> Decimal:
        """The charge of the claim (CLM02)."""
        opening = self.claim.opening
        return (number(opening.element(2)) if opening else None) or Decimal(0)


def claim_acknowledgment(
    one: TransactionSet,
    findings: Iterable[Finding],
    answerer: Answerer,
    received: date,
    trace: str,
) -> Node:
    """Return the 277CA (its root loop) that answers one set of claims.

    `findings` are those of the set by syntax, guide and rules; `trace` names the answer (TRN02,
    BHT03).
    """
    errors = _Errors(findings)
    providers = [
        (level, list(_claims(level, errors, errors.of(one.root.segments, one.root.children))))
        for level in one.root.each("2000A")
    ]
    day = received.strftime("%Y%m%d")
    levels = [seg("HL", 1, None, "20", "1")]
    payer = node("2100A", [_party(answerer)])
    batch = node(
        "2200A",
        [seg("TRN", "1", trace), seg("DTP", "050", "D8", day), seg("DTP", "009", "D8", day)],
    )
    submitter = _submitter(one, providers, day)
    root = node("2000A", levels, [payer, batch, submitter])
    return node("277", [seg("BHT", "0085", "08", trace, day, "0000", "TH")], [root])


class _Errors:
    """The errors of a set, found by the segments they stand at."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._by_ordinal: dict[int, list[Finding]] = {}
        for one in findings:
            if one.severity == "error":
                self._by_ordinal.setdefault(one.ordinal or 0, []).append(one)

    def of(self, segments: Sequence[Segment], loops: Sequence[LoopNode]) -> tuple[Finding, ...]:
        """Return the errors of segments and of the loops that are no levels and no claims."""
        found = [each for one in segments for each in self._by_ordinal.get(one.ordinal, ())]
        for loop in loops:
            if loop.id not in _LEVELS and loop.id != "2300":
                found.extend(self.of(loop.segments, loop.children))
        return tuple(found)


def _claims(
    level: LoopNode, errors: _Errors, above: tuple[Finding, ...], member: LoopNode | None = None
) -> Iterator[Answered]:
    """Yield the claims under a level with the errors that reject them, those above included."""
    own = (*above, *errors.of(level.segments, level.children))
    subscriber = level.child("2010BA") or member
    patient = level.child("2010CA") or subscriber
    name = patient.first("NM1") if patient is not None else None
    insured = subscriber.first("NM1") if subscriber is not None else None
    for child in level.children:
        if child.id == "2300":
            found = (*own, *errors.of(child.segments, child.children))
            yield Answered(child, name, insured.element(9) if insured else "", found)
        elif child.id in _LEVELS:
            yield from _claims(child, errors, own, subscriber)


def _submitter(
    one: TransactionSet, providers: Sequence[tuple[LoopNode, list[Answered]]], day: str
) -> Node:
    sender, batch = one.root.child("1000A"), one.root.first("BHT")
    name = sender.first("NM1") if sender is not None else None
    claims = [each for _, some in providers for each in some]
    level = 3
    loops: list[Node] = []
    for provider, some in (one for one in providers if one[1]):
        loops.append(_provider(provider, some, level, day))
        level += 1 + len(some)
    return node(
        "2000B",
        [seg("HL", 2, 1, "21", "1" if loops else "0")],
        [
            node("2100B", [_named("41", name, "46", name.element(9) if name else "")]),
            node(
                "2200B",
                [
                    seg("TRN", "2", batch.element(3) if batch else "0"),
                    _verdict(claims, day),
                    *_counts(claims, "90", "AA"),
                ],
            ),
            *loops,
        ],
    )


def _provider(level: LoopNode, claims: Sequence[Answered], first: int, day: str) -> Node:
    biller = level.child("2010AA")
    name = biller.first("NM1") if biller is not None else None
    number_of = name.element(9) if name is not None else ""
    patients = [_patient(one, first + at, first, day) for at, one in enumerate(claims, 1)]
    return node(
        "2000C",
        [seg("HL", first, 2, "19", "1" if patients else "0")],
        [
            node("2100C", [_named("85", name, "XX", number_of)]),
            node(
                "2200C",
                [seg("TRN", "1", "0"), _verdict(claims, ""), *_counts(claims, "QA", "QC")],
            ),
            *patients,
        ],
    )


def _patient(one: Answered, level: int, above: int, day: str) -> Node:
    opening = one.claim.opening
    bill = one.claim.first("DTP", "434") or _first_day(one.claim)
    is_facility = opening is not None and opening.component(5, 2) == "A"
    type_of_bill = "".join(opening.component(5, at) for at in (1, 3)) if opening else ""
    segments = [
        seg("TRN", "2", opening.element(1) if opening else "0"),
        *_statuses(one, day),
        *([seg("REF", "BLT", f"0{type_of_bill}")] if is_facility else ()),
        *([seg("DTP", "472", *bill.elements[2:4])] if bill is not None else ()),
    ]
    return node(
        "2000D",
        [seg("HL", level, above, "PT")],
        [
            node("2100D", [_named("QC", one.patient, "MI", one.member or _NO_MEMBER)]),
            node("2200D", segments),
        ],
    )


def _first_day(claim: LoopNode) -> Segment | None:
    days = (line.first("DTP", "472") for line in claim.each("2400"))
    return next((one for one in days if one is not None), None)


def _statuses(one: Answered, day: str) -> list[Seg]:
    """Return the verdict on a claim: one STC a distinct status, with words for a person."""
    if not one.findings:
        return [seg("STC", tuple(_ACCEPTED.split(":")), day, "WQ", one.charge)]
    by_status: dict[str, Finding] = {}
    for found in one.findings:
        by_status.setdefault(found.status or _DEFAULT, found)
    return [
        seg(
            "STC",
            tuple(status.split(":")),
            day,
            "U",
            one.charge,
            *[None] * 7,
            _words(found),
        )
        for status, found in list(by_status.items())[:_MOST_STATUSES]
    ]


def _words(found: Finding) -> str:
    remedy = f", {found.remedy}" if found.remedy else ""
    text = f"{found.place}: {found.message}{remedy}"
    plain = "".join(one if one.isalnum() or one in " .,;-/()='" else " " for one in text)
    return " ".join(plain.split())[:_LONGEST_TEXT].strip()


def _verdict(claims: Sequence[Answered], day: str) -> Seg:
    rejected = [one for one in claims if one.findings]
    is_refused = bool(claims) and len(rejected) == len(claims)
    status = _REFUSED_BATCH if is_refused else _ACCEPTED
    charge = sum((one.charge for one in claims), Decimal(0))
    action = "U" if is_refused else "WQ"
    return seg("STC", tuple(status.split(":")), day or None, action, charge)


def _counts(claims: Sequence[Answered], accepted: str, rejected: str) -> Iterator[Seg]:
    """Yield how many claims are accepted and rejected, then their charges."""
    good = [one for one in claims if not one.findings]
    bad = [one for one in claims if one.findings]
    for qualifier, some in ((accepted, good), (rejected, bad)):
        if some:
            yield seg("QTY", qualifier, len(some))
    for qualifier, some in (("YU", good), ("YY", bad)):
        if some:
            yield seg("AMT", qualifier, sum((one.charge for one in some), Decimal(0)))


def _party(answerer: Answerer) -> Seg:
    name = (answerer.kind, "2", answerer.name)
    return seg("NM1", *name, *[None] * 4, answerer.id_kind, answerer.id)


def _named(code: str, name: Segment | None, id_kind: str, id: str) -> Seg:
    person = [name.element(at) or None for at in (3, 4, 5)] if name is not None else [None] * 3
    kind = name.element(2) if name is not None else "2"
    ids = (id_kind, id) if id else (None, None)
    return seg("NM1", code, kind, *person, None, None, *ids)
