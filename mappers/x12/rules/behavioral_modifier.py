"""Behavioral-health modifiers (SNIP 6): groups, telehealth, order."""

from collections.abc import Iterator

from mappers.x12.lexer import Segment
from mappers.x12.rules import behavioral_table as table
from mappers.x12.rules.claim import SERVICE_IDS, coverage, procedure, procedure_at, service
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_PROFESSIONAL = ("837P",)
_REMOTE = frozenset({"93", "95"})
_BOTH = ("837P", "837I")


def _at(line: View) -> tuple[Segment, int]:
    """Return the service segment of a line that has one, and where its procedure stands."""
    segment = service(line)
    return segment or line.opening, procedure_at(line.scene.kind)


def _group(line: View) -> Iterator[Hit]:
    code, modifiers = procedure(line)
    segment, at = _at(line)
    if "HQ" in modifiers and code in table.INDIVIDUAL:
        yield Hit(segment, at, 2, f"{code} is no group service")


def _group_needs(line: View) -> Iterator[Hit]:
    code, modifiers = procedure(line)
    if code not in table.GROUP_PROCEDURES or "HQ" in modifiers:
        return
    claim = line.up("2300")
    payer = coverage(claim) if claim is not None else None
    if payer is not None and payer.element(9) == "MC":
        segment, at = _at(line)
        yield Hit(segment, at, 3)


def _telehealth(line: View) -> Iterator[Hit]:
    claim = line.up("2300")
    segment = service(line)
    is_marked = not table.TELEHEALTH_MODIFIERS.isdisjoint(procedure(line)[1])
    if is_marked or claim is None or segment is None:
        return
    place = segment.element(5) or claim.opening.component(5, 1)
    if place in table.TELEHEALTH_PLACES:
        yield Hit(segment, 1, 3)


def _telehealth_place(line: View) -> Iterator[Hit]:
    claim = line.up("2300")
    segment = service(line)
    if claim is None or segment is None or _REMOTE.isdisjoint(procedure(line)[1]):
        return
    place = segment.element(5) or claim.opening.component(5, 1)
    if place not in table.TELEHEALTH_PLACES:
        yield Hit(segment, 1, 3)


def _modifier_order(line: View) -> Iterator[Hit]:
    modifiers = procedure(line)[1]
    if len(modifiers) < 2:
        return
    informs = False
    for component, modifier in enumerate(modifiers, 3):
        if informs and modifier in table.PRICING_MODIFIERS:
            segment, at = _at(line)
            yield Hit(segment, at, component)
            return
        informs = informs or modifier in table.INFORMING_MODIFIERS


def _modifier_repeated(line: View) -> Iterator[Hit]:
    modifiers = procedure(line)[1]
    if len(set(modifiers)) < len(modifiers):
        segment, at = _at(line)
        yield Hit(segment, at, 3)


RULES: tuple[Rule, ...] = (
    Rule(
        "group-of-one",
        _BOTH,
        "2400",
        6,
        "warning",
        "the group modifier HQ stands with the code of an individual service",
        "bill the group code, or leave HQ out",
        _group,
        path="Claim.item.modifier",
        status="A8:453",
        alone=SERVICE_IDS,
    ),
    Rule(
        "group-modifier",
        _BOTH,
        "2400",
        6,
        "warning",
        "Medicaid programs ask for the modifier HQ on a group service",
        "send HQ",
        _group_needs,
        path="Claim.item.modifier",
        status="A6:453",
    ),
    Rule(
        "telehealth-modifier",
        _PROFESSIONAL,
        "2400",
        6,
        "warning",
        "a service by telehealth (place 02 or 10) bears no modifier that says how",
        "send 95 for video, 93 for sound alone, GT where the payer asks for it",
        _telehealth,
        path="Claim.item.modifier",
        status="A6:453",
    ),
    Rule(
        "telehealth-place",
        _PROFESSIONAL,
        "2400",
        6,
        "information",
        "the modifier tells of telehealth, the place of service does not",
        "send place 10 for a patient at home, 02 elsewhere, unless the payer wants otherwise",
        _telehealth_place,
        path="Claim.item.locationCodeableConcept",
        status="A8:249",
    ),
    Rule(
        "modifier-order",
        _BOTH,
        "2400",
        6,
        "warning",
        "a modifier that sets the price stands after one that only informs",
        "send modifiers that price first",
        _modifier_order,
        path="Claim.item.modifier",
        status="A7:453",
        alone=SERVICE_IDS,
    ),
    Rule(
        "modifier-repeated",
        _BOTH,
        "2400",
        6,
        "warning",
        "the line bears one modifier twice",
        "send each modifier once",
        _modifier_repeated,
        path="Claim.item.modifier",
        status="A7:453",
        alone=SERVICE_IDS,
    ),
)
