"""The criteria by which entries of messages meet what is stored, read once for each text."""

from fhir_server.interactions.address import query_pairs
from fhir_server.interactions.criteria import Criteria
from fhir_server.runtime import Runtime


def criteria_of(type: str, match: str, runtime: Runtime) -> Criteria:
    """Return the criteria of an entry's match."""
    return Criteria.of(type, query_pairs(match), runtime)
