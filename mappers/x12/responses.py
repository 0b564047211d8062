"""Read acknowledgments of what we sent, TA1 and 999, into small facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mappers.x12.envelope import TransactionSet
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

SetVerdict = Literal["A", "E", "R", "M", "W", "X"]
GroupVerdict = Literal["A", "E", "P", "R", "M", "W", "X"]
InterchangeVerdict = Literal["A", "E", "R"]

_SET_VERDICTS: dict[str, SetVerdict] = {"A": "A", "E": "E", "M": "M", "W": "W", "X": "X"}
_GROUP_VERDICTS: dict[str, GroupVerdict] = {**_SET_VERDICTS, "P": "P"}
_INTERCHANGE_VERDICTS: dict[str, InterchangeVerdict] = {"A": "A", "E": "E"}


@dataclass(frozen=True, slots=True)
class SegmentError:
    """One IK3, or one IK4 under it: where it is and which code says what.

    `position` is IK302 (ST = 1), `code` IK304; `element_code` is IK403 and empty for a bare IK3.
    """

    segment: str
    position: int
    loop: str
    code: str
    element: int | None = None
    component: int | None = None
    element_code: str = ""


@dataclass(frozen=True, slots=True)
class SetResponse:
    """What a 999 says of one transaction set (AK2 to IK5)."""

    set_id: str
    control: str
    verdict: SetVerdict
    codes: tuple[str, ...]
    errors: tuple[SegmentError, ...]

    @property
    def is_accepted(self) -> bool:
        """Whether the set went on to the next stage."""
        return self.verdict in {"A", "E"}


@dataclass(frozen=True, slots=True)
class GroupResponse:
    """What a 999 says of one functional group (AK1, AK9); `control` is the GS06 we sent.

    Some receivers name no set in an accepted group: then `verdict` speaks for all of them.
    """

    functional_id: str
    control: str
    version: str
    verdict: GroupVerdict
    codes: tuple[str, ...]
    sets: tuple[SetResponse, ...]


@dataclass(frozen=True, slots=True)
class InterchangeResponse:
    """What a TA1 says of one interchange; `control` is the ISA13 we sent."""

    control: str
    date: str
    time: str
    verdict: InterchangeVerdict
    note: str


def interchange_response(segment: Segment) -> InterchangeResponse:
    """Read a TA1 segment; an unknown verdict counts as rejected."""
    return InterchangeResponse(
        control=segment.element(1),
        date=segment.element(2),
        time=segment.element(3),
        verdict=_INTERCHANGE_VERDICTS.get(segment.element(4), "R"),
        note=segment.element(5),
    )


def group_response(read: TransactionSet) -> GroupResponse:
    """Read a 999 transaction set; missing or unknown verdicts count as rejected."""
    root = read.root
    opening, closing = root.first("AK1"), root.first("AK9")
    return GroupResponse(
        functional_id=opening.element(1) if opening else "",
        control=opening.element(2) if opening else "",
        version=opening.element(3) if opening else "",
        verdict=_GROUP_VERDICTS.get(closing.element(1), "R") if closing else "R",
        codes=_codes(closing, 5),
        sets=tuple(_set_response(one) for one in root.each("2000")),
    )


def _set_response(loop: LoopNode) -> SetResponse:
    opening, closing = loop.first("AK2"), loop.first("IK5")
    return SetResponse(
        set_id=opening.element(1) if opening else "",
        control=opening.element(2) if opening else "",
        verdict=_SET_VERDICTS.get(closing.element(1), "R") if closing else "R",
        codes=_codes(closing, 2),
        errors=tuple(error for one in loop.each("2100") for error in _errors(one)),
    )


def _codes(segment: Segment | None, first: int) -> tuple[str, ...]:
    return tuple(filter(None, segment.elements[first:])) if segment else ()


def _errors(loop: LoopNode) -> Iterator[SegmentError]:
    opening = loop.first("IK3")
    if opening is None:
        return
    place = (opening.element(1), _number(opening.element(2)) or 0, opening.element(3))
    code = opening.element(4)
    elements = [one.opening for one in loop.each("2110")]
    if not elements:
        yield SegmentError(*place, code)
    for element in elements:
        if element is not None:
            at, part = _number(element.component(1, 1)), _number(element.component(1, 2))
            yield SegmentError(*place, code, at, part, element.element(3))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
