"""Hierarchical levels, HL: numbers, parents and children follow from how the loops are nested."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mappers.x12.tree import Node, Seg, node, seg


@dataclass(slots=True)
class _Counter:
    """How many levels there are so far."""

    count: int = 0


def level(id: str, code: str, segments: Sequence[Seg], children: Iterable[Node]) -> Node:
    """Return a level loop (`2000C`, code 22) whose HL is numbered by `numbered`."""
    return node(id, [seg("HL", None, None, code), *segments], list(children))


def numbered(root: Node, *, tells_leaves: bool = True) -> Node:
    """Return the set with its levels numbered; HL04 of a level without others is 0 or left out."""
    return _numbered(root, None, _Counter(), tells_leaves=tells_leaves)


def _numbered(tree: Node, parent: int | None, counter: _Counter, *, tells_leaves: bool) -> Node:
    segments = list(tree.segments)
    if _is_level(tree):
        counter.count += 1
        own = counter.count
        has_more = any(_is_level(one) for one in tree.children)
        leaf = "0" if tells_leaves else None
        code = segments[0].values[2]
        segments[0] = seg("HL", own, parent, code, "1" if has_more else leaf)
        parent = own
    under = [_numbered(one, parent, counter, tells_leaves=tells_leaves) for one in tree.children]
    return node(tree.id, segments, under)


def _is_level(tree: Node) -> bool:
    return bool(tree.segments) and tree.segments[0].id == "HL"
