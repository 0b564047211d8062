"""The account of a message: every valued leaf was mapped, carries structure, or is listed.

Rows name places and reasons, never values.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mappers.v2_fhir.source import Leaf, SegmentText, is_plain, leaves_of

Reason = Literal["no-rule", "not-understood", "overruled", "no-code", "as-text"]


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A place whose value is in no resource. `OBX(2)-9`, `PID-3.2`, or a whole segment `ZPD`.

    `as-text`: the value is in a resource, but as text since it does not parse as its type.
    """

    path: str
    reason: Reason


def occurrences(segments: Sequence[SegmentText]) -> dict[int, str]:
    """Return the name of each segment by its ordinal: its id, from the second on with a count."""
    counts: dict[str, int] = {}
    names: dict[int, str] = {}
    for segment in segments:
        counts[segment.id] = counts.get(segment.id, 0) + 1
        count = counts[segment.id]
        names[segment.ordinal] = segment.id if count == 1 else f"{segment.id}({count})"
    return names


def unread(segments: Sequence[SegmentText], read: set[Leaf]) -> Iterator[Unmapped]:
    """Yield a row for each segment, field or leaf that nothing read."""
    names = occurrences(segments)
    touched = {place[0] for place in read}
    for segment in segments:
        if segment.ordinal in touched:
            yield from _segment(segment, names[segment.ordinal], read)
        elif any(any(leaves_of(segment, number)) for number in segment.valued):
            yield Unmapped(names[segment.ordinal], "no-rule")


def _segment(segment: SegmentText, name: str, read: set[Leaf]) -> Iterator[Unmapped]:
    for number in segment.valued:
        is_read = (segment.ordinal, number, 1, 1, 1) in read
        if not is_read or not is_plain(segment.field(number)):
            yield from _field(f"{name}-{number}", list(leaves_of(segment, number)), read)


def _field(name: str, leaves: list[tuple[Leaf, str]], read: set[Leaf]) -> Iterator[Unmapped]:
    missed = [place for place, _ in leaves if place not in read]
    if missed and len(missed) == len(leaves):
        yield Unmapped(name, "no-rule")
        return
    for _, _, repetition, component, subcomponent in missed:
        path = name + (f"({repetition})" if repetition > 1 else "") + f".{component}"
        yield Unmapped(path + (f".{subcomponent}" if subcomponent > 1 else ""), "no-rule")
