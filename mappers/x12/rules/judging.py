"""Run the rules over a set: unit by unit as it streams, or over a tree that is whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from mappers.x12.codes.code_list import NO_LISTS, CodeLists
from mappers.x12.diagnosis import is_date
from mappers.x12.envelope import TransactionSet
from mappers.x12.findings import Finding, Ledger, Level
from mappers.x12.grammar import Guide
from mappers.x12.rules.book import RULES, SUMS
from mappers.x12.rules.overlay import NO_OVERLAY, Overlay
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.sums import Sum
from mappers.x12.rules.view import Scene, View
from mappers.x12.sets import guide_of
from mappers.x12.tree import LoopNode

_DATED = (("BHT", 4), ("BPR", 16), ("DTM", 2))


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a file is judged: highest SNIP level, the partner's overlay, the site's lists.

    `on` is the day the rules are taken from where a set does not tell its own.
    """

    highest: Level = 7
    overlay: Overlay = NO_OVERLAY
    lists: CodeLists = field(default=NO_LISTS, compare=False)
    on: date | None = None


PLAIN = Terms()


@dataclass(frozen=True, slots=True)
class Book:
    """The rules in force for one kind of set on one day, where they are looked up."""

    by_loop: dict[str, tuple[Rule, ...]]
    by_segment: dict[str, tuple[Rule, ...]]
    sums: dict[str, tuple[Sum, ...]]


@lru_cache(maxsize=128)
def book(kind: str, day: date | None, highest: Level, overlay: Overlay) -> Book:
    """Return the rules of a kind of set on a day."""
    by_loop: dict[str, tuple[Rule, ...]] = {}
    by_segment: dict[str, tuple[Rule, ...]] = {}
    for rule in overlay.applied(RULES):
        if kind in rule.kinds and rule.level <= highest and rule.holds(day):
            index, key = (by_loop, rule.loop) if rule.loop else (by_segment, rule.segment)
            index[key] = (*index.get(key, ()), rule)
    sums: dict[str, tuple[Sum, ...]] = {}
    for one in SUMS:
        if kind in one.kinds:
            sums[one.loop] = (*sums.get(one.loop, ()), one)
    return Book(by_loop, by_segment, sums)


class SetJudge:
    """Judges one set while it is read: takes its units, and its other loops as they close."""

    def __init__(self, guide: Guide, terms: Terms = PLAIN) -> None:
        self.findings = Ledger()
        self._kind = guide.kind
        self._terms = terms
        self._scene: Scene | None = None
        self._book = Book({}, {}, {})
        self._chain: list[View] = []

    def unit(self, node: LoopNode, above: tuple[LoopNode, ...]) -> None:
        """Judge a claim, a payment or the like, with the loops in it."""
        scene = self._scene or self._open(above[0] if above else node)
        view = View(node, scene, self._above(above, scene))
        for one in view.walk():
            self._look(one)
            for each in self._book.sums.get(one.id, ()):
                each.take(one)

    def loop(
        self, node: LoopNode, above: tuple[LoopNode, ...], given: frozenset[str] = frozenset()
    ) -> None:
        """Judge a loop outside the units, itself alone; `given` names the loops it held."""
        scene = self._scene or self._open(above[0] if above else node)
        self._look(View(node, scene, self._above(above, scene), given))

    def _open(self, root: LoopNode) -> Scene:
        day = day_of(root) or self._terms.on
        self._book = book(self._kind, day, self._terms.highest, self._terms.overlay)
        self._scene = Scene(self._kind, day, self._terms.lists)
        return self._scene

    def _above(self, nodes: tuple[LoopNode, ...], scene: Scene) -> View | None:
        """Return the view of the innermost loop above, made once for each loop."""
        chain = self._chain
        for depth, node in enumerate(nodes):
            if depth < len(chain) and chain[depth].node is node:
                continue
            del chain[depth:]
            chain.append(View(node, scene, chain[-1] if chain else None))
        return chain[len(nodes) - 1] if nodes else None

    def _look(self, view: View) -> None:
        segments = view.segments
        for rule in self._book.by_loop.get(view.id, ()):
            if not rule.segment or rule.segment in segments:
                self._tell(rule, rule.test(view), view)
        by_segment = self._book.by_segment
        for id in segments:
            for rule in by_segment.get(id, ()):
                self._tell(rule, rule.test(view), view)

    def _tell(self, rule: Rule, hits: Iterable[Hit], view: View) -> None:
        for hit in hits:
            self.findings.add(rule.finding(hit, view))


def judge(one: TransactionSet, terms: Terms = PLAIN) -> Iterator[Finding]:
    """Yield what the rules of its day find in a set; nothing where no guide placed its loops."""
    guide = guide_of(one.kind)
    if guide is None:
        return
    judging = SetJudge(guide, terms)
    _visit(one.root, (), guide.unit, judging)
    yield from judging.findings.close()


def _visit(node: LoopNode, above: tuple[LoopNode, ...], unit: str, judging: SetJudge) -> None:
    if node.id == unit and above:
        judging.unit(node, above)
        return
    inner = (*above, node)
    for child in node.children:
        _visit(child, inner, unit, judging)
    judging.loop(node, above)


def day_of(root: LoopNode) -> date | None:
    """Return the day a set was made (BHT04, BPR16, DTM02); None where it does not tell."""
    for name, position in _DATED:
        segment = root.first(name)
        text = segment.element(position) if segment else ""
        if is_date(text):
            return date.fromisoformat(text)
    return None
