"""The payer's answer to a review or an inquiry, 278: certified, denied, pended, modified, refused.

What is decided follows the member and the service, as rows; a scenario may say otherwise. An answer
repeats who asked for whom and every trace number, as payers do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from demo.payer.policy import plan_of
from mappers.fhir_x12.amount import amount
from mappers.fhir_x12.review_level import level, leveled
from mappers.x12.grammar import Guide
from mappers.x12.lexer import Segment
from mappers.x12.sets import (
    REVIEW_278_INQUIRY,
    REVIEW_278_INQUIRY_RESPONSE,
    REVIEW_278_REQUEST,
    REVIEW_278_RESPONSE,
)
from mappers.x12.tree import LoopNode, Node, Seg, Value, node, rewritable, seg

Decision = Literal["certify", "deny", "pend", "modify", "cancel", "refuse"]
ACTIONS: Mapping[Decision, str] = {
    "certify": "A1",
    "deny": "A3",
    "pend": "A4",
    "modify": "A6",
    "cancel": "C",
}
REASONS: Mapping[Decision, str] = {"deny": "0V", "modify": "0M"}  # 1271 of an HCR
ANSWERED_BY: Mapping[str, Guide] = {
    REVIEW_278_REQUEST.kind: REVIEW_278_RESPONSE,
    REVIEW_278_INQUIRY.kind: REVIEW_278_INQUIRY_RESPONSE,
}
CANCELLED = "3"
DAYS = 60
MOST_UNITS = Decimal(12)
"""A service that is modified is cut to so many units or visits."""
NOT_COVERED = frozenset({"90899", "H2036"})
PENDED = frozenset({"H0018", "H0019", "90867"})
"""Services a person looks at first."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the payer does: by procedure, or for everything; `refuses` is a reason of AAA03.

    `asks` are report types (PWK01) asked for with a pended review.
    """

    everything: Decision | None = None
    services: Mapping[str, Decision] = field(default_factory=dict)
    refuses: str = ""
    asks: tuple[str, ...] = ()


USUAL = Scenario()


def decision_of(service: str, certification: str, scenario: Scenario) -> Decision:
    """Return what is decided on a service."""
    if certification == CANCELLED:
        return "cancel"
    chosen = scenario.services.get(service) or scenario.everything
    if chosen is not None:
        return chosen
    if service in NOT_COVERED:
        return "deny"
    return "pend" if service in PENDED else "certify"


def review_answer(root: LoopNode, written: datetime, scenario: Scenario = USUAL) -> Node:
    """Return the answer to a request or an inquiry that was read without errors."""
    return _Answer(root, written, scenario).root()


@dataclass(slots=True)
class _Answer:
    """One answer on its way; levels are numbered anew."""

    asked: LoopNode
    written: datetime
    scenario: Scenario
    _open: bool = False

    def root(self) -> Node:
        """Return the set."""
        header = self.asked.first("BHT")
        purpose, reference = (header.element(2), header.element(3)) if header else ("13", "0")
        (reviewer,) = list(self.asked.each("2000A"))[:1] or (LoopNode("2000A", (), ()),)
        made = self._reviewer(reviewer)
        kind = "19" if self._open else "18"
        moment = (f"{self.written:%Y%m%d}", f"{self.written:%H%M}")
        answering = "49" if purpose == "28" else "11"
        return leveled(
            node("278", [seg("BHT", "0007", answering, reference, *moment, kind)], [made])
        )

    def _reviewer(self, loop: LoopNode) -> Node:
        below = [self._requester(one) for one in loop.each("2000B")]
        return node("2000A", [level("20")], [*_names(loop, "2010A"), *below])

    def _requester(self, loop: LoopNode) -> Node:
        below = [self._subscriber(one) for one in loop.each("2000C")]
        return node("2000B", [level("21")], [*_names(loop, "2010B"), *below])

    def _subscriber(self, loop: LoopNode) -> Node:
        name = next((one.first("NM1") for one in loop.each("2010C")), None)
        member = name.element(9) if name else ""
        reason = self.scenario.refuses or ("" if plan_of(member) else "72")
        names = list(_names(loop, "2010C", reason))
        if reason:
            return node("2000C", [level("22")], names)
        events = [self._event(one) for one in loop.each("2000E")]
        dependents = [self._dependent(one) for one in loop.each("2000D")]
        return node("2000C", [level("22")], [*names, *events, *dependents])

    def _dependent(self, loop: LoopNode) -> Node:
        events = [self._event(one) for one in loop.each("2000E")]
        return node("2000D", [level("23")], [*_names(loop, "2010D"), *events])

    def _event(self, loop: LoopNode) -> Node:
        lines = list(loop.each("2000F"))
        decisions = [self._decision(one, loop) for one in lines]
        whole = _whole(decisions or [self._decision(loop, loop)])
        trace = next(iter(loop.every("TRN")), None)
        number = _number(trace.element(2) if trace else "0", whole)
        segments = [
            level("EV"),
            *_traces(loop),
            *_kept(loop, "UM"),
            seg("HCR", whole, number),
            *self._validity(whole),
            *(self._asks(whole)),
        ]
        services = [
            self._service(one, decision, number, at)
            for at, (one, decision) in enumerate(zip(lines, decisions, strict=True), 1)
        ]
        self._open = self._open or whole == "A4"
        return node("2000E", segments, services)

    def _decision(self, loop: LoopNode, event: LoopNode) -> Decision:
        review = loop.first("UM") or event.first("UM")
        certification = review.element(2) if review else ""
        return decision_of(_procedure(loop), certification, self.scenario)

    def _service(self, loop: LoopNode, decision: Decision, number: str | None, at: int) -> Node:
        action = ACTIONS.get(decision, "NA")
        reason = REASONS.get(decision)
        own = f"{number}-{at}" if number and decision in {"certify", "modify"} else None
        self._open = self._open or decision == "pend"
        segments = [
            level("SS"),
            *_traces(loop),
            *([seg("AAA", "N", None, "33", "C")] if decision == "refuse" else []),
            *_kept(loop, "UM"),
            *([] if decision == "refuse" else [seg("HCR", action, own, reason)]),
            *_kept(loop, "DTP", "472"),
            *self._validity(action),
            *_authorized(loop, decision),
        ]
        return node("2000F", segments)

    def _validity(self, action: str) -> Iterator[Seg]:
        if action in {"A1", "A2", "A6"}:
            day = self.written
            yield seg("DTP", "102", "D8", f"{day:%Y%m%d}")
            yield seg("DTP", "036", "D8", f"{day + timedelta(days=DAYS):%Y%m%d}")
            yield seg("DTP", "007", "D8", f"{day:%Y%m%d}")

    def _asks(self, action: str) -> Iterator[Seg]:
        """Yield the documents asked for with a pended review, each under a control number."""
        if action == "A4":
            for at, kind in enumerate(self.scenario.asks, 1):
                control = f"ASK{self.written:%m%d%H%M}{at}"
                yield seg("PWK", kind, "EL", None, None, "AC", control)


def _whole(decisions: list[Decision]) -> str:
    """Return the decision on an event whose services are decided so."""
    found = set(decisions)
    if "pend" in found:
        return "A4"
    actions = {ACTIONS.get(one, "NA") for one in found}
    return next(iter(actions)) if len(actions) == 1 else "A2"


def _number(trace: str, action: str) -> str | None:
    """Return the authorization number: the same event has the same one."""
    return f"AUTH{trace}"[:50] if action in {"A1", "A2", "A6"} else None


def _names(loop: LoopNode, id: str, reason: str = "") -> Iterator[Node]:
    """Yield who is named, as asked; with a reason, why no more is said."""
    for one in loop.each(id):
        kept = [_written(own) for own in one.segments if own.id in {"NM1", "REF", "DMG", "INS"}]
        refusal = [seg("AAA", "N", None, reason, "C")] if reason else []
        yield node(id, [*kept, *refusal])


def _traces(loop: LoopNode) -> Iterator[Seg]:
    for one in loop.every("TRN"):
        values = _written(one).values
        yield Seg("TRN", ("2", *values[1:]))


def _kept(loop: LoopNode, id: str, *qualifiers: str) -> Iterator[Seg]:
    yield from map(_written, loop.every(id, *qualifiers))


def _written(segment: Segment) -> Seg:
    return rewritable(LoopNode("", (segment,), ())).segments[0]


def _procedure(loop: LoopNode) -> str:
    for id, position in (("SV1", 1), ("SV2", 2), ("SV3", 1)):
        found = loop.first(id)
        if found is not None:
            return found.component(position, 2)
    return ""


def _authorized(loop: LoopNode, decision: Decision) -> Iterator[Seg]:
    """Yield what is authorized: as asked, or cut to what a modified service is given."""
    for id, position in (("SV1", 4), ("SV2", 5), ("SV3", 6), ("HSD", 2)):
        for one in _kept(loop, id):
            yield _cut(one, position) if decision == "modify" else one


def _cut(segment: Seg, position: int) -> Seg:
    if len(segment.values) < position:
        return segment
    asked = amount(str(segment.values[position - 1] or ""))
    if asked is None:
        return segment
    values: list[Value] = list(segment.values)
    values[position - 1] = min(asked, MOST_UNITS)
    return Seg(segment.id, tuple(values))
