"""Segments as the source of a mapping, with an account of every leaf that was read.

A path is `PID-3` (one node a repetition) or `OBX-5*` (one node for all repetitions). A leaf that
holds `""` means delete: it gives no value and its path is kept in `cleared`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

DELETE = '""'
Leaf = tuple[int, int, int, int, int]
Leaves = Sequence[Sequence[str]]
_PATH = re.compile(r"([A-Z][A-Z0-9]{2})-(\d+)(?:\.(\d+))?(\*?)")


class SegmentText(Protocol):
    """What a mapping asks of a segment."""

    @property
    def id(self) -> str:
        """The segment id."""

    @property
    def ordinal(self) -> int:
        """The number of the segment in its message, from 1."""

    @property
    def width(self) -> int:
        """The number of the last field present."""

    @property
    def valued(self) -> Sequence[int]:
        """The numbers of the fields that hold something."""

    def field(self, number: int) -> Sequence[Leaves]:
        """Return the repetitions of a field down to decoded leaves."""


@lru_cache(maxsize=4096)
def _parse(path: str) -> tuple[str, int, int, bool]:
    match = _PATH.fullmatch(path)
    if match is None:
        raise ValueError(f"not a field path: {path}")
    return match[1], int(match[2]), int(match[3] or 1), bool(match[4])


@dataclass(slots=True)
class Node:
    """One repetition of a field. Reading a leaf records it; deleted and absent leaves are `""`.

    Not frozen, as one is made for every field and frozen ones take thrice as long to make.
    """

    leaves: Leaves
    ordinal: int
    number: int
    repetition: int
    read: set[Leaf]
    others: tuple["Node", ...] = ()

    def text(self, component: int = 1, subcomponent: int = 1) -> str:
        """Return one leaf without the white space around it."""
        try:
            found = self.leaves[component - 1][subcomponent - 1]
        except IndexError:
            return ""
        if not found:
            return ""
        self.read.add((self.ordinal, self.number, self.repetition, component, subcomponent))
        return "" if found == DELETE else found.strip()

    def parts(self, component: int) -> list[str]:
        """Return the subcomponents of a component."""
        if component > len(self.leaves):
            return []
        return [self.text(component, at) for at in range(1, len(self.leaves[component - 1]) + 1)]

    def whole(self) -> str:
        """Return the repetition as text, for values that hold separators nobody escaped."""
        for component, parts in enumerate(self.leaves, 1):
            for at in range(1, len(parts) + 1):
                self.read.add((self.ordinal, self.number, self.repetition, component, at))
        text = "^".join("&".join(parts) for parts in self.leaves)
        return "" if text == DELETE else text

    @property
    def repetitions(self) -> tuple["Node", ...]:
        """All repetitions, for a path that ends in `*`; else this one."""
        return self.others or (self,)


@dataclass(slots=True)
class SegmentSource:
    """A few segments, one of each id, as the source of a table.

    `only` narrows a field to one repetition: (field number, repetition).
    """

    segments: Mapping[str, SegmentText]
    read: set[Leaf]
    only: tuple[int, int] | None = None
    cleared: set[str] = field(default_factory=set)

    def nodes(self, path: str) -> Sequence[Node]:
        """Return the repetitions of the field that hold something."""
        name, number, _, together = _parse(path)
        segment = self.segments.get(name)
        found = segment.field(number) if segment is not None else ()
        if segment is None or not found:
            return ()
        if found[0][0][0] == DELETE and _is_deleted(found):
            self.cleared.add(path)
            self.read.add((segment.ordinal, number, 1, 1, 1))
            return ()
        if len(found) == 1 and not together and self.only is None:
            leaves = found[0]
            valued = leaves[0][0] or any(map(any, leaves))
            return (Node(leaves, segment.ordinal, number, 1, self.read),) if valued else ()
        nodes = [
            Node(leaves, segment.ordinal, number, at, self.read)
            for at, leaves in enumerate(found, 1)
            if self._takes(number, at) and any(map(any, leaves))
        ]
        if together and nodes:
            first = nodes[0]
            return (
                Node(
                    first.leaves, first.ordinal, number, first.repetition, self.read, tuple(nodes)
                ),
            )
        return nodes

    def _takes(self, number: int, repetition: int) -> bool:
        return self.only is None or self.only[0] != number or self.only[1] == repetition

    def texts(self, path: str) -> Sequence[str]:
        """Return a component of each repetition as text, without counting it as read."""
        name, number, component, _ = _parse(path)
        segment = self.segments.get(name)
        found = segment.field(number) if segment is not None else ()
        return [leaves[component - 1][0] for leaves in found if component <= len(leaves)]

    def value(self, path: str) -> str:
        """Return the first text at the path."""
        return next(iter(self.texts(path)), "")

    def account(self, paths: Sequence[str]) -> None:
        """Count fields as read that carry only structure."""
        for path in paths:
            name, number, _, _ = _parse(path)
            segment = self.segments.get(name)
            if segment is None:
                continue
            if is_plain(segment.field(number)):
                self.read.add((segment.ordinal, number, 1, 1, 1))
            else:
                self.read.update(leaf for leaf, _ in leaves_of(segment, number))


def _is_deleted(found: Sequence[Leaves]) -> bool:
    return len(found) == 1 and len(found[0]) == 1 and tuple(found[0][0]) == (DELETE,)


def is_plain(found: Sequence[Leaves]) -> bool:
    """Say whether a field is one leaf that holds something."""
    return (
        len(found) == 1
        and len(found[0]) == 1
        and len(found[0][0]) == 1
        and not found[0][0][0].isspace()
    )


def leaves_of(segment: SegmentText, number: int) -> Iterator[tuple[Leaf, str]]:
    """Return each valued leaf of a field with its place."""
    return (
        ((segment.ordinal, number, repetition, component, at), text)
        for repetition, components in enumerate(segment.field(number), 1)
        for component, parts in enumerate(components, 1)
        for at, text in enumerate(parts, 1)
        if text.strip()
    )
