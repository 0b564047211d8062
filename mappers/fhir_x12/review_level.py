"""The levels of a review numbered: HL01 in the order of the file, HL02 the parent, HL04 children.

Source: ASC X12, HL. A loop that is a level begins with the HL of `level`, which names its kind.
"""

from dataclasses import dataclass, replace

from mappers.x12.tree import Node, Seg, seg


def level(code: str) -> Seg:
    """Return an HL of a kind (`20`, `EV`) that `leveled` will number."""
    return seg("HL", None, None, code)


def leveled(root: Node) -> Node:
    """Return a tree whose levels are numbered, name their parents and tell their children."""
    return _Numbering().numbered(root, None)


@dataclass(slots=True)
class _Numbering:
    last: int = 0

    def numbered(self, node: Node, parent: int | None) -> Node:
        """Return a loop with the number of its level, and the levels below it."""
        if not _is_level(node):
            below = tuple(self.numbered(one, parent) for one in node.children)
            return replace(node, children=below)
        self.last += 1
        own = self.last
        has_levels = any(map(_is_level, node.children))
        head = seg("HL", own, parent, node.segments[0].values[2], "1" if has_levels else "0")
        below = tuple(self.numbered(one, own) for one in node.children)
        return Node(node.id, (head, *node.segments[1:]), below)


def _is_level(node: Node) -> bool:
    return bool(node.segments) and node.segments[0].id == "HL"
