"""The events of a 278, each with the levels it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass

from mappers.x12.tree import LoopNode


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event of a 278 with the levels it stands in; a dependent only where it is one's."""

    reviewer: LoopNode
    requester: LoopNode
    subscriber: LoopNode
    dependent: LoopNode | None
    event: LoopNode


def read_events(root: LoopNode) -> Iterator[ReadEvent]:
    """Yield the events of a set, those of a subscriber before those of dependents."""
    for reviewer in root.each("2000A"):
        for requester in reviewer.each("2000B"):
            for subscriber in requester.each("2000C"):
                yield from _events(reviewer, requester, subscriber)


def _events(reviewer: LoopNode, requester: LoopNode, subscriber: LoopNode) -> Iterator[ReadEvent]:
    for event in subscriber.each("2000E"):
        yield ReadEvent(reviewer, requester, subscriber, None, event)
    for dependent in subscriber.each("2000D"):
        for event in dependent.each("2000E"):
            yield ReadEvent(reviewer, requester, subscriber, dependent, event)
