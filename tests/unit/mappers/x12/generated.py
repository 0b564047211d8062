"""Trees made from a guide's own table: full ones, and random ones from a seed."""

import string
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from mappers.x12.dictionary import DEFINITIONS, Note
from mappers.x12.grammar import REQUIRED, Element, ElementUse, Guide, Loop, SegmentUse
from mappers.x12.tree import Composite, Node, Seg, Simple, Value

_FORMS = {
    "D8": "20260301",
    "RD8": "20260301-20260305",
    "DT": "202603011030",
    "TM": "1030",
}
_BYTES = "a~b*c"
_PLAIN = string.ascii_uppercase + string.digits


@dataclass
class Maker:
    """Makes trees; with `chance` 1 every situational part is there, once."""

    chance: float = 1.0
    dice: Random = field(default_factory=lambda: Random(1))

    def tree(self, guide: Guide) -> Node:
        """Return the root loop of a set, with its levels (HL) numbered."""
        root = self._loop(guide.root, 0)
        body = [one for one in root.segments if one.id not in {"ST", "SE"}]
        return _Levels().number(replace(root, segments=tuple(body)))

    def _loop(self, loop: Loop, depth: int) -> Node:
        segments: list[Seg] = []
        loops: list[Node] = []
        for item in loop.items:
            if not self._has(item.usage == REQUIRED, item, depth):
                continue
            for _ in range(self._times(item.repeat)):
                if isinstance(item, Loop):
                    loops.append(self._loop(item, depth + 1))
                else:
                    segments.append(self._segment(item))
        return Node(loop.id, tuple(_with_brackets(segments, loops, loop)), tuple(loops))

    def _has(self, is_required: bool, item: SegmentUse | Loop, depth: int) -> bool:
        if is_required or self.chance == 1:
            return True
        rarer = self.chance * (0.8**depth if isinstance(item, Loop) else 1)
        return self.dice.random() < rarer

    def _times(self, most: int) -> int:
        if self.chance == 1 or most == 1 or self.dice.random() < 0.8:
            return 1
        return min(most or 3, self.dice.randint(1, 3))

    def _segment(self, use: SegmentUse) -> Seg:
        elements = DEFINITIONS[use.id].elements
        rows = {row.position: row for row in use.elements}
        present = {
            at
            for at, row in rows.items()
            if row.usage == REQUIRED or self.dice.random() < self.chance
        }
        for _ in range(3):
            for note in DEFINITIONS[use.id].notes:
                _mend(note, present, rows)
        values: list[Value] = []
        for at in range(1, max(present, default=0) + 1):
            form = values[-1] if values else None
            values.append(
                self._element(elements[at - 1], rows[at], form) if at in present else None
            )
        if use.id in {"BIN", "BDS"}:
            values[-2:] = [len(_BYTES), _BYTES]
        return Seg(use.id, tuple(values))

    def _element(self, element: Element, row: ElementUse, form: Value) -> Value:
        if not element.components:
            one: Simple | Composite = self._simple(element, row, form)
        else:
            one = self._composite(element, row)
        if element.repeat == 1 or self.chance == 1:
            return one
        return [one] * self.dice.randint(1, min(element.repeat, 3))

    def _composite(self, element: Element, row: ElementUse) -> Composite:
        rows = {part.position: part for part in row.components}
        present = {
            at
            for at, part in rows.items()
            if part.usage == REQUIRED or self.dice.random() < self.chance
        }
        if not present:
            present = {min(rows)}
        if 3 in present and element.number == 22:  # the form and the date of a health code
            present |= {4} & set(rows)
        values: list[Simple] = []
        for at in range(1, max(present) + 1):
            form = values[-1] if values else None
            part = element.components[at - 1]
            values.append(self._simple(part, rows[at], form) if at in present else None)
        return tuple(values)

    def _simple(self, element: Element, row: ElementUse, form: Value) -> Simple:
        if row.codes:
            return row.codes[0] if self.chance == 1 else self.dice.choice(row.codes)
        if element.kind == "PERIOD":
            return _FORMS.get(str(form), "ABC")
        if element.number == 1250:
            return "D8"
        made = {"DT": "20260301", "TM": "1030"}.get(element.kind)
        if made:
            return made
        most = max(element.minimum, min(element.maximum or 9, 9))
        length = element.minimum if self.chance == 1 else self.dice.randint(element.minimum, most)
        letters = string.digits[1:] if element.kind in {"N", "R"} else _PLAIN
        return "".join(self.dice.choice(letters) for _ in range(length))


def _mend(note: Note, present: set[int], rows: dict[int, ElementUse]) -> None:
    """Keep the rules between elements, as far as the guide uses them."""
    usable = [at for at in note.positions if at in rows]
    there = [at for at in note.positions if at in present]
    first = note.positions[0]
    match note.kind:
        case "P" if there:
            present.update(usable)
        case "C" if first in present:
            present.update(usable)
        case "L" if first in present and len(there) == 1:
            present.add(usable[1])
        case "R" if not there:
            present.add(usable[0])
        case "E":
            present.difference_update(there[1:])


def _with_brackets(segments: Sequence[Seg], loops: Sequence[Node], loop: Loop) -> list[Seg]:
    """Put LS and LE around the loops that stand between them, or leave both out."""
    inside = {item.id for item in loop.items if isinstance(item, Loop)} & {
        "2120C",
        "2120D",
        "2700",
    }
    kept = [one for one in segments if one.id not in {"LS", "LE"}]
    if not any(one.id in inside for one in loops):
        return kept
    name = "2700" if "2700" in inside else "2120"
    return [*kept, Seg("LS", (name,)), Seg("LE", (name,))]


class _Levels:
    """Numbers the levels of a set and says whether they have levels below."""

    def __init__(self) -> None:
        self.last = 0

    def number(self, node: Node, above: int | None = None) -> Node:
        """Return the loop with its HL, if it has one, numbered below another."""
        segments = list(node.segments)
        if segments and segments[0].id == "HL":
            self.last += 1
            below = "1" if any(_is_level(one) for one in node.children) else "0"
            code = segments[0].values[2]
            segments[0] = Seg("HL", (self.last, above, code, below))
            above = self.last
        children = tuple(self.number(one, above) for one in node.children)
        return replace(node, segments=tuple(segments), children=children)


def _is_level(node: Node) -> bool:
    return bool(node.segments) and node.segments[0].id == "HL"
