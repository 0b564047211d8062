"""What 276, 277 and 277CA say, one claim each: the levels above it and the claim, as extensions.

A level that says something itself and has no claim is a report without one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import status_table as table
from mappers.fhir_x12.datatype import listed, objects, said, unread
from mappers.fhir_x12.hierarchy import level, numbered
from mappers.fhir_x12.twin_reading import read_segments
from mappers.fhir_x12.twin_writing import write_segments
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.tree import LoopNode, Node, Seg, node

LINES = {"276": "2210", "277": "2220"}


@dataclass(frozen=True, slots=True)
class Report:
    """Levels from the payer down, and the parts of a claim's loop; `claim` is None without one."""

    levels: tuple[JsonObject, ...]
    claim: tuple[JsonValue, ...] | None

    @property
    def extensions(self) -> list[JsonValue]:
        """All of it, as extensions of a Task."""
        return [*self.levels, *(self.claim or ())]


def reports(root: LoopNode) -> list[Report]:
    """Return what a set says, in the order of the file."""
    return list(_reports(root, ()))


def _reports(loop: LoopNode, above: tuple[JsonObject, ...]) -> Iterator[Report]:
    under = [one for one in loop.children if one.id.startswith("2000")]
    path = (*above, _level(loop)) if loop.id.startswith("2000") else above
    claims = [one for one in loop.children if _is_claim(loop, one)]
    for one in claims:
        yield Report(path, tuple(_claim(one)))
    for one in under:
        yield from _reports(one, path)
    if path and not claims and not under:
        yield Report(path, None)


def _is_claim(level: LoopNode, one: LoopNode) -> bool:
    return one.id.startswith("2200") and level.id in {"2000D", "2000E"}


def _level(loop: LoopNode) -> JsonObject:
    head = loop.segments[0]
    tree: JsonObject = {
        "url": ext.LEVEL,
        "extension": [
            {"url": "loop", "valueCode": loop.id},
            {"url": "code", "valueCode": head.element(3)},
        ],
    }
    own = [one for one in loop.segments if one.id != "HL"]
    parts = [*unread(read_segments(table.LEVEL, own, tree))]
    for under in loop.children:
        if under.id.startswith("2100"):
            party: JsonObject = {"url": ext.ELIGIBILITY_PARTY}
            parts += unread(read_segments(table.PARTY, under.segments, party))
            parts.append(party)
        elif under.id.startswith("2200") and not _is_claim(loop, under):
            told: JsonObject = {"url": ext.LEVEL_STATUS}
            parts += unread(read_segments(table.CLAIM, under.segments, told))
            parts.append(told)
    tree["extension"] = [*listed(tree, "extension"), *parts]
    return tree


def _claim(loop: LoopNode) -> Iterator[JsonValue]:
    tree: JsonObject = {}
    left = read_segments(table.CLAIM, loop.segments, tree)
    yield from listed(tree, "extension")
    for under in loop.children:
        line: JsonObject = {"url": ext.LINE}
        left += read_segments(table.LINE, under.segments, line)
        yield line
    yield from unread(left)


def report_of(task: JsonObject) -> Report:
    """Return what a Task keeps of a status message."""
    levels = tuple(one for one in objects(task, "extension") if one.get("url") == ext.LEVEL)
    rest = tuple(one for one in objects(task, "extension") if one.get("url") != ext.LEVEL)
    return Report(levels, rest or None)


def status_set(id: str, header: Seg, told: Sequence[Report], *, tells_leaves: bool = True) -> Node:
    """Return the set of these reports, for the writer.

    Reports that follow one another under the same level stand there together.
    """
    root = node(id, [header], list(_nested(LINES[id], told, 0)))
    return numbered(root, tells_leaves=tells_leaves)


def _nested(lines: str, told: Sequence[Report], depth: int) -> Iterator[Node]:
    deeper = [one for one in told if len(one.levels) > depth]
    for _, run in groupby(deeper, key=lambda one: one.levels[depth]):
        group = list(run)
        own = group[0].levels[depth]
        loop = said(own, "extension[url=loop].valueCode")
        letter = loop[-1:]
        claims = [
            _claim_loop(lines, letter, one.claim)
            for one in group
            if len(one.levels) == depth + 1 and one.claim
        ]
        children = [*_under_level(own, letter), *claims, *_nested(lines, group, depth + 1)]
        code = said(own, "extension[url=code].valueCode")
        yield level(loop, code, write_segments(table.LEVEL, own), children)


def _under_level(own: JsonObject, letter: str) -> Iterator[Node]:
    for one in objects(own, "extension"):
        if one.get("url") == ext.ELIGIBILITY_PARTY:
            yield node(f"2100{letter}", write_segments(table.PARTY, one))
        elif one.get("url") == ext.LEVEL_STATUS:
            yield node(f"2200{letter}", write_segments(table.CLAIM, one))


def _claim_loop(lines: str, letter: str, parts: Sequence[JsonValue]) -> Node:
    tree: JsonObject = {"extension": list(parts)}
    under = [
        node(f"{lines}{letter}", write_segments(table.LINE, one))
        for one in read(tree, f"extension[url={ext.LINE}]")
        if isinstance(one, dict)
    ]
    return node(f"2200{letter}", write_segments(table.CLAIM, tree), under)
