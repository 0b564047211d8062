"""References in resources, found: literal ones and those that are a search for their target.

Source: https://hl7.org/fhir/R4/references.html, http.html#trules.
"""

import re
from collections.abc import Iterator

from fhir_server.model.resource import JsonValue

_CONDITIONAL = re.compile(r"[A-Z][A-Za-z]+\?.+", re.DOTALL)


def is_conditional(reference: str) -> bool:
    """Whether a reference is a search for its target, `Patient?identifier=system|value`."""
    return "?" in reference and _CONDITIONAL.fullmatch(reference) is not None


def references(value: JsonValue) -> Iterator[str]:
    """Yield every Reference.reference in a resource, contained resources included."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "reference" and isinstance(member, str):
                yield member
            elif isinstance(member, dict | list):
                yield from references(member)
    elif isinstance(value, list):
        for member in value:
            if isinstance(member, dict | list):
                yield from references(member)
