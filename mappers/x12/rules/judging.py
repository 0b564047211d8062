"""Run the rules over a set: unit by unit as it streams, or over a tree that is whole."""

from collections.abc import Iterator
from datetime import date

from mappers.x12.diagnosis import is_date
from mappers.x12.envelope import TransactionSet
from mappers.x12.findings import Finding, Ledger
from mappers.x12.grammar import Guide
from mappers.x12.rules.plan import Plan, Sheet
from mappers.x12.rules.scene import Scene
from mappers.x12.rules.terms import NO_RULES, PLAIN, Terms, book
from mappers.x12.rules.view import View
from mappers.x12.sets import guide_of
from mappers.x12.tree import LoopNode

_DATED = (("BHT", 4), ("BPR", 16), ("DTM", 2))


class SetJudge:
    """Judges one set while it is read: takes its units, and its other loops as they close."""

    def __init__(self, guide: Guide, terms: Terms = PLAIN) -> None:
        self._of_units, self._outside = Ledger(), Ledger()
        self._ledger = self._of_units
        self._kind = guide.kind
        self._terms = terms
        self._scene: Scene | None = None
        self._book = NO_RULES
        self._sheets: dict[str, Sheet] = {}
        self._chain: list[View] = []
        self._nodes: tuple[LoopNode, ...] = ()

    def unit(self, node: LoopNode, above: tuple[LoopNode, ...]) -> None:
        """Judge a claim, a payment or the like, with the loops in it."""
        scene = self._scene or self._open(above[0] if above else node)
        self._ledger = self._of_units
        views = [View(node, scene, self._above(above, scene))]
        for view in views:  # grows by what is under each
            sheet = self._sheet(view.id)
            self._look(view, sheet, sheet.plan(view.node.segments))
            if view.node.children:
                for under in view.loops.values():
                    views.extend(under)
        for view in views:
            view.forget()  # no circles are left for the collector

    def loop(
        self, node: LoopNode, above: tuple[LoopNode, ...], given: frozenset[str] = frozenset()
    ) -> None:
        """Judge a loop outside the units, itself alone; `given` names the loops it held."""
        scene = self._scene or self._open(above[0] if above else node)
        self._ledger = self._outside
        sheet = self._sheet(node.id)
        plan = sheet.plan(node.segments)
        if plan.tests or node.id in self._book.sums:
            self._look(View(node, scene, self._above(above, scene), given), sheet, plan)

    def close(self) -> tuple[Finding, ...]:
        """Return what was found; what is told of the set as a whole is never left out."""
        return (*self._of_units.close(), *self._outside.close())

    def _open(self, root: LoopNode) -> Scene:
        day = day_of(root) or self._terms.on
        self._book = book(self._kind, day, self._terms)
        today = day.strftime("%Y%m%d") if day else ""
        self._scene = Scene(self._kind, day, today, self._terms.lists)
        return self._scene

    def _above(self, nodes: tuple[LoopNode, ...], scene: Scene) -> View | None:
        """Return the view of the innermost loop above, made once for each loop."""
        if nodes is self._nodes:
            return self._chain[-1] if nodes else None
        self._nodes = nodes
        chain = self._chain
        for depth, node in enumerate(nodes):
            if depth < len(chain) and chain[depth].node is node:
                continue
            self._forget(depth)
            chain.append(View(node, scene, chain[-1] if chain else None))
        self._forget(len(nodes))
        return chain[-1] if chain else None

    def _forget(self, depth: int) -> None:
        for view in self._chain[depth:]:
            view.forget()
        del self._chain[depth:]

    def _sheet(self, loop: str) -> Sheet:
        found = self._sheets.get(loop)
        if found is None:
            found = self._sheets[loop] = self._book.sheet(loop)
        return found

    def _look(self, view: View, sheet: Sheet, plan: Plan) -> None:
        """Let the rules of a plan look at one loop, and add what it brings to the sums."""
        tests, unseen = plan
        is_sound = True
        for rule, test in tests:
            for hit in test(view):
                self._ledger.add(rule.finding(hit, view))
                is_sound = is_sound and not rule.alone
        if unseen and is_sound:
            sheet.note(view.node.segments, unseen)
        for each in self._book.sums.get(view.id, ()):
            each.take(view)


def judge(one: TransactionSet, terms: Terms = PLAIN) -> Iterator[Finding]:
    """Yield what the rules of its day find in a set; nothing where no guide placed its loops."""
    guide = guide_of(one.kind)
    if guide is None:
        return
    judging = SetJudge(guide, terms)
    _visit(one.root, (), guide.unit, judging)
    yield from judging.close()


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
