"""Real-time questions answered: 270 by 271, 276 by 277, 278 by 278; from what is asked. Pure.

The levels (HL) that the question has are repeated with what identifies them; the answer stands
where the question stood, with its trace number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from demo.payer.policy import plan_of
from demo.payer.review import ANSWERED_BY, Decision, review_answer
from demo.payer.review import Scenario as Reviewing
from demo.payer.scenario import Rule, Scenario
from mappers.x12.acknowledgments import acknowledge
from mappers.x12.envelope import Group, Interchange, TransactionSet
from mappers.x12.findings import verdict
from mappers.x12.grammar import Guide
from mappers.x12.lexer import STANDARD, Segment
from mappers.x12.reader import read
from mappers.x12.sets import ELIGIBILITY_271, STATUS_277
from mappers.x12.writer import Envelope, SetBody, enclose, set_segments

ANSWERS: dict[str, Guide] = {"270": ELIGIBILITY_271, "276": STATUS_277, **ANSWERED_BY}
DECISIONS: dict[str, Decision] = {"A3": "deny", "A4": "pend", "A6": "modify"}
"""What is decided on a review by HCR01; A1 leaves it to the payer's usual decisions."""
BENEFITS = (
    "EB*1**30**BEHAVIORAL PLAN",
    "EB*1**MH",
    "EB*B**MH***27*20",
    "EB*C*IND*30***23*500",
    "EB*C*IND*30***29*320",
)
"""What a member has: active cover, a copay, a deductible and what is left of it."""


def answer(data: bytes, written: datetime, scenario: Scenario) -> bytes | None:
    """Return the answer to a question; a TA1 or 999 where it cannot be read; None to no X12."""
    interchange = next(iter(read(data).interchanges), None)
    if interchange is None:
        return None
    control = int(interchange.header.control or 0) * 8 % 1_000_000_000
    envelope = _envelope(interchange, control, written)
    for group, one, guide in _questions(interchange):
        lines = _set(guide, one, written, scenario)
        return enclose(_addressed(envelope, group), guide, [lines])
    return acknowledge(
        interchange, interchange_control=control, group_control=control, written=written
    )


def _questions(interchange: Interchange) -> Iterator[tuple[Group, TransactionSet, Guide]]:
    """Yield the questions that can be answered."""
    for group in interchange.groups:
        for one in group.sets:
            guide = ANSWERS.get(one.kind)
            if guide is not None and verdict(one.findings) != "rejected":
                yield group, one, guide


def _set(guide: Guide, one: TransactionSet, written: datetime, scenario: Scenario) -> list[str]:
    if one.kind in ANSWERED_BY:
        rule = _rule(one, scenario)
        how = Reviewing(DECISIONS.get(rule.review), refuses="" if rule.eligible else "75")
        return set_segments(guide, SetBody("0001", review_answer(one.root, written, how)), STANDARD)
    version = f"*{guide.version}" if guide.names_version else ""
    lines = [f"ST*{guide.set_id}*0001{version}", *_body(one, written, scenario)]
    return [*lines, f"SE*{len(lines) + 1}*0001"]


def _rule(one: TransactionSet, scenario: Scenario) -> Rule:
    """Return the rule for a question, by its member and payer."""
    return scenario.rule("", _identified(one, "IL"), _identified(one, "PR", "X3"))


def _identified(one: TransactionSet, *entities: str) -> str:
    """Return the id (NM109) of the first party of these kinds."""
    named = (s for s in one.segments if s.id == "NM1" and s.element(1) in entities)
    return next((s.element(9) for s in named), "")


def _body(one: TransactionSet, written: datetime, scenario: Scenario) -> Iterator[str]:
    levels = list(_levels(one.segments))
    head = next(segment for segment in one.segments if segment.id == "BHT")
    rule = _rule(one, scenario)
    purpose, kind = {"270": ("11", ""), "276": ("08", "*DG")}[one.kind]
    yield (
        f"BHT*{head.element(1)}*{purpose}*{head.element(3)}*{written:%Y%m%d}*{written:%H%M}{kind}"
    )
    known = plan_of(_identified(one, "IL")) is not None and rule.eligible
    for level in levels:
        yield from {"270": _benefits, "276": _status}[one.kind](level, rule, written, known)


def _levels(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    level: list[Segment] = []
    for segment in segments:
        if segment.id == "HL" and level:
            yield level
            level = []
        if segment.id == "HL" or level:
            level.append(segment)
    yield [one for one in level if one.id != "SE"]


def _benefits(
    level: Sequence[Segment],
    rule: Rule,
    written: datetime,
    known: bool,  # noqa: FBT001
) -> Iterator[str]:
    """Yield a level of the 271: active benefits, or AAA 75 where the member is not known."""
    del rule
    is_last = any(one.id == "EQ" for one in level)
    for one in level:
        if one.id == "TRN":
            yield one.body.replace("TRN*1", "TRN*2", 1)
        elif one.id in {"HL", "NM1", "N3", "N4", "DMG", "INS"} or (one.id == "REF" and not is_last):
            yield one.body
    if is_last and known:
        yield f"DTP*346*D8*{written:%Y}0101"
        yield from BENEFITS
    elif is_last:
        yield "AAA*N**75*C"


def _status(
    level: Sequence[Segment],
    rule: Rule,
    written: datetime,
    known: bool,  # noqa: FBT001
) -> Iterator[str]:
    """Yield a level of the 277: each claim asked for in process, or not found."""
    status = rule.status or ("P1:20:PR" if known else "A4:35:PR")
    for one in takewhile(lambda segment: segment.id != "SVC", level):
        if one.id == "TRN":
            yield one.body.replace("TRN*1", "TRN*2", 1)
            charge = next((s.element(2) for s in level if s.id == "AMT"), "0")
            yield f"STC*{status}*{written:%Y%m%d}**{charge}*0"
        elif one.id in {"HL", "NM1"} or (one.id in {"DTP", "REF"} and "TRN" in map(_id, level)):
            yield one.body


def _id(segment: Segment) -> str:
    return segment.id


def _envelope(interchange: Interchange, control: int, written: datetime) -> Envelope:
    header = interchange.header
    return Envelope(
        header.receiver_qualifier,
        header.receiver,
        header.sender_qualifier,
        header.sender,
        control,
        max(control, 1),
        written,
        "P" if header.usage == "P" else "T",
    )


def _addressed(envelope: Envelope, group: Group) -> Envelope:
    """Return the envelope with the application ids of the group, changed places."""
    return replace(envelope, group_sender=group.header.receiver, group_receiver=group.header.sender)
