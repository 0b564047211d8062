"""Codes of lists a site has loaded (SNIP 5): those a list does not hold on the day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mappers.x12.diagnosis import is_date
from mappers.x12.kind import CLAIMS, REVIEWS
from mappers.x12.lexer import Segment
from mappers.x12.rules.rule import Hit, Rule, Test
from mappers.x12.rules.view import View

_PAID = (*CLAIMS, "835")
_STATUS = ("277", "277CA")


@dataclass(frozen=True, slots=True)
class Listed:
    """Where codes of a list stand: segment, elements, component, and its qualifier's codes."""

    list: str
    kinds: tuple[str, ...]
    segment: str
    positions: Sequence[int]
    component: int = 0
    qualifiers: tuple[str, ...] = ()
    qualified_by: int = 0


LISTED: tuple[Listed, ...] = (
    Listed("carc", _PAID, "CAS", range(2, 18, 3)),
    Listed("rarc", ("835",), "LQ", (2,), 0, ("HE",), 1),
    Listed("rarc", _PAID, "MOA", range(3, 8)),
    Listed("rarc", _PAID, "MIA", (5, 20, 21, 22, 23)),
    Listed("claim-status-category", _STATUS, "STC", (1, 10, 11), 1),
    Listed("claim-status", _STATUS, "STC", (1, 10, 11), 2),
    Listed("service-type", ("271",), "EB", (3,)),
    Listed("service-type", ("270",), "EQ", (1,)),
    Listed("service-type", REVIEWS, "UM", (3,)),
    Listed("revenue", ("837I",), "SV2", (1,)),
    Listed("revenue", ("835",), "SVC", (4,)),
    Listed("taxonomy", (*CLAIMS, "270", *REVIEWS), "PRV", (3,), 0, ("PXC",), 2),
    Listed("hcpcs", ("837P",), "SV1", (1,), 2, ("HC",)),
    Listed("hcpcs", ("837I",), "SV2", (2,), 2, ("HC",)),
    Listed("icd-10-cm", CLAIMS, "HI", range(1, 13), 2, ("ABK", "ABF", "ABJ", "APR", "ABN")),
    Listed("pos", ("837P",), "CLM", (5,), 1),
    Listed("condition", ("837I",), "HI", range(1, 13), 2, ("BG",)),
    Listed("occurrence", ("837I",), "HI", range(1, 13), 2, ("BH",)),
    Listed("occurrence-span", ("837I",), "HI", range(1, 13), 2, ("BI",)),
    Listed("value", ("837I",), "HI", range(1, 13), 2, ("BE",)),
    Listed("patient-status", ("837I",), "CL1", (3,)),
    Listed("admission-type", ("837I",), "CL1", (1,)),
    Listed("point-of-origin", ("837I",), "CL1", (2,)),
    Listed("bill-type", ("837I",), "CLM", (5,), 1),
)
STATUS_OF = {
    "icd-10-cm": "A7:255",
    "hcpcs": "A7:454",
    "revenue": "A7:455",
    "taxonomy": "A7:145",
    "pos": "A7:249",
    "bill-type": "A7:228",
}


def _test(place: Listed) -> Test:
    def test(view: View) -> Iterator[Hit]:
        lists = view.scene.lists
        day = _day(view)
        for segment, position, code in _places(place, view):
            if lists.lacks(place.list, code, day):
                yield Hit(segment, position, place.component or None)

    return test


def _places(place: Listed, view: View) -> Iterator[tuple[Segment, int, str]]:
    for segment in view.every(place.segment):
        if place.qualified_by and segment.element(place.qualified_by) not in place.qualifiers:
            continue
        for position in place.positions:
            yield from ((segment, position, code) for code in _codes(place, segment, position))


def _codes(place: Listed, segment: Segment, position: int) -> Iterator[str]:
    """Yield the codes at one element: each repetition, or the component where a kind is right."""
    if not place.component:
        yield from segment.repetitions(position)
        return
    if place.qualifiers and segment.component(position, 1) not in place.qualifiers:
        return
    yield segment.component(position, place.component)


def _day(view: View) -> date | None:
    """Return the day codes are judged by: that of the service, else that of the set."""
    line: View | None = view
    while line is not None:
        date_of_service = line.first("DTP", "472") or line.first("DTP", "434")
        text = date_of_service.element(3)[:8] if date_of_service is not None else ""
        if is_date(text):
            return date.fromisoformat(text)
        line = line.above
    return view.scene.day


def _rule(place: Listed) -> Rule:
    return Rule(
        f"{place.list}-unknown",
        place.kinds,
        "",
        5,
        "warning",
        f"the code is not in the list {place.list} the site has loaded, or not on that day",
        "correct the code, or load the list's newer file: parity x12 codes load",
        _test(place),
        segment=place.segment,
        list=place.list,
        status=STATUS_OF.get(place.list, "A7:21"),
    )


RULES: tuple[Rule, ...] = tuple(_rule(place) for place in LISTED)
