"""Where R4's own published examples break R4: what is then said less loudly, one row a case.

A row needs an example of the published standard that would be refused without it. Whatever does
not meet the condition of a row is judged as ever.
"""

from dataclasses import dataclass

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Severity
from profiles.definition import Element


@dataclass(frozen=True, slots=True)
class Erratum:
    """A required element that may be missing from a type when another element has a value."""

    type: str
    element: str
    when: tuple[str, str]
    severity: Severity
    example: str
    reason: str


ERRATA: tuple[Erratum, ...] = (
    Erratum(
        "Questionnaire.item",
        "linkId",
        ("type", "display"),
        "warning",
        "Questionnaire/qs1",
        "R4's publisher accepted display items without linkId; nothing can answer such an item",
    ),
)


def absence_severity(owner: JsonObject, type: str, element: Element) -> Severity:
    """Return how grave it is that a required element is missing."""
    for row in ERRATA:
        if (row.type, row.element) == (type, element.name):
            member, value = row.when
            return row.severity if owner.get(member) == value else "error"
    return "error"
