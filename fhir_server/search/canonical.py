"""The names canonical resources go by: rows that lead from a canonical reference to its resource.

Source: https://hl7.org/fhir/R4/references.html#canonical. A resource with a `url` has a row under
the key that references to it have, so that a chain through them joins numbers. A reference with a
version is indexed without it too, and so leads to the resource whichever version is held.
"""

from collections.abc import Mapping

from fhir_server.model.resource import JsonValue
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.value import Sink

CANONICAL = ("canonical", "uri")
"""Types of elements whose values are canonical references."""


def named_by(parameters: Mapping[str, Parameter]) -> Slot | None:
    """Return the slot of the names of a type with these parameters; None for types without."""
    url = parameters.get("url")
    if url is None or url.type != "uri" or "version" not in parameters:
        return None
    return url.slot.variant("name")


def index_names(resource: JsonValue, slot: Slot, sink: Sink) -> None:
    """Add the row of a resource's name."""
    url = resource.get("url") if isinstance(resource, dict) else None
    if isinstance(url, str):
        sink.ref.append((slot.own_key, slot.url_key(url)))
