"""The verdict on one claim, as a 277CA tells it: accepted, or rejected with its reasons.

A claim is rejected by its own errors, by those of its lines, and by those above it: of the payer,
the subscriber, the billing provider, the set. Errors of a line are told at the line too (2220D).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mappers.x12.diagnosis import is_date
from mappers.x12.findings import Finding
from mappers.x12.lexer import Segment
from mappers.x12.rules.amount import number
from mappers.x12.tree import LoopNode, Node, Seg, node, seg

ACCEPTED, REFUSED = "A2:20", "A3:21"
LEVELS = frozenset({"2000A", "2000B", "2000C"})
_DEFAULT = "A7:21"
CLAIM, _LINE = "2300", "2400"
_MOST_STATUSES = 5
_LONGEST_TEXT = 264
_PROCEDURES = frozenset({"AD", "ER", "HC", "HP", "IV", "WK"})
_NO_MEMBER = "UNKNOWN"  # the guide wants an id where the claim had none
_LEFT_OUT = "findings-left-out"
_UNJUDGED = Finding(
    _LEFT_OUT,
    1,
    "error",
    "the set has more errors than are told",
    "correct those that are told and send this claim again",
    status=REFUSED,
)


class Errors:
    """The errors of a set, found by the segments they stand at."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._by_ordinal: dict[int, list[Finding]] = {}
        self._chain: list[tuple[LoopNode, tuple[Finding, ...]]] = []
        self.are_all_told = True
        for one in findings:
            if one.severity != "error":
                continue
            if one.id == _LEFT_OUT:
                self.are_all_told = False
            self._by_ordinal.setdefault(one.ordinal or 0, []).append(one)

    def at(self, segments: Sequence[Segment]) -> Iterator[Finding]:
        """Yield the errors of segments."""
        for one in segments:
            yield from self._by_ordinal.get(one.ordinal, ())

    def above(self, levels: Sequence[LoopNode]) -> Iterator[Finding]:
        """Yield the errors of the levels around a claim; those of a level are looked for once."""
        chain = self._chain
        for depth, level in enumerate(levels):
            if depth == len(chain) or chain[depth][0] is not level:
                chain[depth:] = [(level, self.of(level))]
            yield from chain[depth][1]

    def of(self, loop: LoopNode) -> tuple[Finding, ...]:
        """Return the errors of a loop and those in it, but not of levels and claims under it."""
        found = [*self.at(loop.segments)]
        for child in loop.children:
            if child.id not in LEVELS and child.id != CLAIM:
                found.extend(self.of(child))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One claim as it is answered: its charge, its patient (NM1) and its status (loop 2200D)."""

    is_accepted: bool
    charge: Decimal
    patient: Seg
    status: Node


def claim_verdict(claim: LoopNode, above: Sequence[LoopNode], errors: Errors, day: str) -> Verdict:
    """Return the verdict on a claim under these loops, the root first; `day` is CCYYMMDD."""
    found = rejecting(claim, above, errors)
    opening = claim.opening
    charge = (number(opening.element(2)) if opening else None) or Decimal(0)
    name, member = _patient(above)
    segments = [
        seg("TRN", "2", clean(opening.element(1), 50) if opening else "0"),
        *_statuses(found, day, charge),
        *_bill(claim),
    ]
    status = node("2200D", segments, list(_lines(claim, errors, day)))
    patient = named("QC", name, "MI", member or _NO_MEMBER)
    return Verdict(not found, charge, patient, status)


def rejecting(claim: LoopNode, above: Sequence[LoopNode], errors: Errors) -> list[Finding]:
    """Return what rejects a claim: its errors and those above it; nothing where it is accepted."""
    found = [*errors.above(above), *errors.of(claim)]
    return found or ([] if errors.are_all_told else [_UNJUDGED])


def named(code: str, name: Segment | None, id_kind: str, id: str) -> Seg:
    """Return the party of an NM1 under another code and id, as far as both can be said again."""
    longest = ((3, 60), (4, 35), (5, 25))
    person = [clean(name.element(at), most) if name is not None else None for at, most in longest]
    kind = name.element(2) if name is not None else ""
    told = clean(id, 80)
    ids = (id_kind, told) if told and len(told) > 1 else (None, None)
    return seg("NM1", code, kind if kind in {"1", "2"} else "2", *person, None, None, *ids)


def clean(text: str, most: int) -> str | None:
    """Return a value as it can be said again: plain characters, no blanks around it, not empty."""
    plain = "".join(one if " " <= one <= "~" and one not in "*:^~|" else " " for one in text)
    return " ".join(plain.split())[:most].strip() or None


def _patient(above: Sequence[LoopNode]) -> tuple[Segment | None, str]:
    """Return the name of the patient and the member id, by the innermost levels that tell them."""
    subscriber = patient = None
    for level in above:
        subscriber = level.child("2010BA") or subscriber
        patient = level.child("2010CA") or level.child("2010BA") or patient
    insured = subscriber.first("NM1") if subscriber is not None else None
    name = patient.first("NM1") if patient is not None else None
    return name, insured.element(9) if insured is not None else ""


def _bill(claim: LoopNode) -> Iterator[Seg]:
    """Yield the type of bill of a facility, and the days of service."""
    opening = claim.opening
    if opening is not None and opening.component(5, 2) == "A":
        bill = clean(f"0{opening.component(5, 1)}{opening.component(5, 3)}", 50)
        yield seg("REF", "BLT", bill)
    days = (line.first("DTP", "472") for line in claim.each(_LINE))
    period = claim.first("DTP", "434") or next((one for one in days if one is not None), None)
    yield from _period(period)


def _period(told: Segment | None) -> Iterator[Seg]:
    """Yield the days of service, where they are days."""
    kind, text = (told.element(2), told.element(3)) if told is not None else ("", "")
    days = text.split("-")
    if (kind, len(days)) in {("D8", 1), ("RD8", 2)} and all(is_date(one) for one in days):
        yield seg("DTP", "472", kind, text)


def _lines(claim: LoopNode, errors: Errors, day: str) -> Iterator[Node]:
    """Yield a loop 2220D for every line in error that tells what it bills."""
    for line in claim.each(_LINE):
        found = errors.of(line)
        service = _service(line) if found else None
        if service is None:
            continue
        control = line.first("REF", "6R")
        named_so = clean(control.element(2), 50) if control is not None else None
        yield node(
            "2220D",
            [
                service,
                *_statuses(found, day, None),
                *([seg("REF", "FJ", named_so)] if named_so else ()),
                *_period(line.first("DTP", "472")),
            ],
        )


def _service(line: LoopNode) -> Seg | None:
    """Return what a line bills (SVC): procedure with modifiers, charge, revenue code, units."""
    for id, procedure, charge, units in (("SV1", 1, 2, 4), ("SV2", 2, 3, 5), ("SV3", 1, 2, 6)):
        billed = line.first(id)
        if billed is None:
            continue
        amount, quantity = number(billed.element(charge)), number(billed.element(units))
        revenue = clean(billed.element(1), 48) if id == "SV2" else None
        code = _procedure(billed, procedure)
        if code is None and revenue:
            code, revenue = ("NU", revenue), None
        if code is None or amount is None:
            return None
        return seg("SVC", code, amount, None, revenue, None, None, quantity)
    return None


def _procedure(billed: Segment, position: int) -> tuple[str, ...] | None:
    """Return qualifier, code and modifiers of a procedure that can be said again."""
    kind, code = billed.component(position, 1), clean(billed.component(position, 2), 48)
    if kind not in _PROCEDURES or not code:
        return None
    modifiers = (clean(billed.component(position, at), 3) or "" for at in range(3, 7))
    return (kind, code, *(one for one in modifiers if len(one) == 2))


def _statuses(found: Sequence[Finding], day: str, charge: Decimal | None) -> Iterator[Seg]:
    """Yield the verdict on a claim or line: an STC a distinct status.

    Those of a claim (they tell its charge) carry words for a person; the guide has no place for
    them at a line.
    """
    if not found:
        yield status(ACCEPTED, day, "WQ", charge)
        return
    by_status: dict[str, Finding] = {}
    for one in found:
        by_status.setdefault(one.status or _DEFAULT, one)
    for told, one in list(by_status.items())[:_MOST_STATUSES]:
        yield status(told, day, "U", charge, "" if charge is None else _words(one))


def status(told: str, day: str, action: str, charge: Decimal | None, words: str = "") -> Seg:
    """Return an STC: `A7:21`, the day, `WQ` or `U`, the charge, and words where there are any."""
    text = (*[None] * 7, words) if words else ()
    return seg("STC", tuple(told.split(":")), day or None, action, charge, *text)


def _words(found: Finding) -> str:
    remedy = f", {found.remedy}" if found.remedy else ""
    place = f"{found.place}: " if found.place else ""
    text = f"{place}{found.message}{remedy}"
    plain = "".join(one if one.isalnum() or one in " .,;-/()='" else " " for one in text)
    return " ".join(plain.split())[:_LONGEST_TEXT].strip()
