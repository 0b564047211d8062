"""Which rules look at a loop: those that must, and none is spared that would find something."""

from collections.abc import Sequence
from random import Random

from mappers.x12.check import check
from mappers.x12.findings import Finding
from mappers.x12.lexer import Segment
from mappers.x12.reader import read
from mappers.x12.rules.book import RULES
from mappers.x12.rules.judging import day_of
from mappers.x12.rules.plan import Sheet
from mappers.x12.rules.rule import Rule
from mappers.x12.rules.scene import Scene
from mappers.x12.rules.view import View
from mappers.x12.tree import LoopNode
from tests.unit.mappers.x12.batch import ENDING, HEADING, claim_segments
from tests.unit.mappers.x12.rules.test_rule import SMALL

ALONE = [rule for rule in RULES if rule.alone]


def found(rule: Rule, view: View) -> list[tuple[int, int | None, int | None, str]]:
    return [
        (hit.segment.ordinal, hit.element, hit.component, hit.detail) for hit in rule.test(view)
    ]


def bare(view: View, ids: Sequence[str]) -> View:
    """Return the loop with nothing but its segments of some ids: none above, none under it."""
    own = [one for one in view.node.segments if one.id in ids]
    return View(LoopNode(view.id, own), view.scene)


def views(data: bytes) -> list[View]:
    """Return every loop of a file, with those above it."""
    made: list[View] = []
    for _, _, one in read(data).sets():
        day = day_of(one.root)
        scene = Scene(one.kind, day, day.strftime("%Y%m%d") if day else "")
        made.extend(View(one.root, scene).walk())
    return made


def test_rules_of_single_segments_read_nothing_else() -> None:
    tried: set[str] = set()
    for vector in SMALL:
        for view in views(vector.hit):
            for rule in ALONE:
                if view.scene.kind not in rule.kinds or rule.loop not in {"", view.id}:
                    continue
                if rule.segment and rule.segment not in view.segments:
                    continue
                told = found(rule, view)
                least = bare(view, rule.alone)
                assert told == (found(rule, least) if least.node.segments else []), rule.id
                tried.update([rule.id] if told else [])
    assert len(tried) > len({rule.id for rule in ALONE}) - 3


def test_breach_in_a_segment_is_found_in_it_alone() -> None:
    for vector in SMALL:
        for view in views(vector.hit):
            for rule in ALONE:
                if view.scene.kind in rule.kinds and rule.loop in {"", view.id}:
                    own = {one.ordinal: one for one in view.node.segments if one.id in rule.alone}
                    for ordinal, *_ in found(rule, bare(view, rule.alone)) if own else ():
                        single = View(LoopNode(view.id, [own[ordinal]]), view.scene)
                        assert found(rule, single), rule.id


def segment(text: str) -> Segment:
    return Segment(text.split("*", maxsplit=1)[0], tuple(text.split("*")), body=text)


def test_known_text_is_not_judged_again() -> None:
    rules = [rule for rule in RULES if rule.id in {"line-number-length", "minutes-unit"}]
    sheet = Sheet(rules, {})
    line = [segment("SV1*HC:90837*150*UN*1***1"), segment("REF*6R*L1")]
    first = sheet.plan(line)
    assert len(first.tests) == 2
    sheet.note(line, first.unseen)
    assert sheet.plan(line) == ([], frozenset())
    other = sheet.plan([line[0], segment("REF*6R*L2")])
    assert [rule.id for rule, _ in other.tests] == ["line-number-length"]
    assert other.unseen == {"REF"}


def test_only_the_first_text_of_an_id_is_noted() -> None:
    rules = [rule for rule in RULES if rule.id == "line-number-length"]
    sheet = Sheet(rules, {})
    line = [segment("REF*6R*SHORT"), segment(f"REF*6R*{'L' * 31}")]
    sheet.note(line, sheet.plan(line).unseen)
    assert sheet.plan(line[:1]).tests == []
    assert len(sheet.plan(line[1:]).tests) == 1


CHANGES = (b"0", b"", b"-1", b"9" * 40, b"20260230", b"HC:1", b"XX", b"12", b"ABK:F411", b"P")
STATEFUL = {"claim-number-repeated", "findings-left-out"}


def spoiled_batch(seed: int) -> list[list[bytes]]:
    """Return the segments of some claims, one in three of them with a changed element."""
    dice = Random(seed)
    claims = [claim_segments(dice.randrange(12)) for _ in range(12)]
    for one in claims:
        if dice.random() < 0.35:
            at = dice.randrange(1, len(one))
            elements = one[at].split(b"*")
            elements[dice.randrange(1, len(elements))] = dice.choice(CHANGES)
            one[at] = b"*".join(elements)
    return claims


def told(claims: Sequence[Sequence[bytes]]) -> list[list[tuple[str, str, str]]]:
    """Return what is found in each claim of a file of these."""
    levels = [
        [segment.replace(b"HL*2*", b"HL*%d*" % (number + 2)) for segment in one]
        for number, one in enumerate(claims)
    ]
    segments = [segment for one in levels for segment in one]
    ending = ENDING % (len(segments) + HEADING.count(b"~") - 1)
    data = HEADING + b"".join(one + b"~" for one in segments) + ending
    report = check(data, "")
    starts, at = [], len(HEADING)
    for one in levels:
        starts.append(at)
        at += sum(len(segment) + 1 for segment in one)
    return [
        [_told(one) for one in report.findings if _is_within(one, start, end)]
        for start, end in zip(starts, [*starts[1:], at], strict=True)
    ]


def _told(one: Finding) -> tuple[str, str, str]:
    return one.id, one.place, one.message


def _is_within(one: Finding, start: int, end: int) -> bool:
    return one.id not in STATEFUL and one.offset is not None and start <= one.offset < end


def test_claim_is_judged_among_others_as_it_is_alone() -> None:
    count = 0
    for seed in range(25):
        claims = spoiled_batch(seed)
        among = told(claims)
        for one, here in zip(claims, among, strict=True):
            assert here == told([one])[0], seed
            count += bool(here)
    assert count > 40
