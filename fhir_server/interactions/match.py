"""What conditional criteria match: the one resource they name, or several to be deleted.

Source: https://hl7.org/fhir/R4/http.html#ccreate.
"""

from collections.abc import Sequence
from dataclasses import replace

from fhir_server.interactions.criteria import Criteria
from fhir_server.model.resource import Version
from fhir_server.outcome import MultipleMatches
from fhir_server.search.plan import plan_page
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork


def matches(criteria: Criteria, reader: Reader, *, limit: int = 2) -> list[Version]:
    """Return at most `limit` stored resources that the criteria match."""
    key = criteria.sole_key
    if key is not None and isinstance(reader, UnitOfWork):
        known = reader.sought.of(key)
        if known is not None:
            return list(known[:limit])
    query = reader.led(criteria.query)
    plan = plan_page(replace(query, count=limit - 1), reader.context)
    return reader.search(plan)


def sole(found: Sequence[Version]) -> Version | None:
    """Return the one match, None without any. Raises MultipleMatches."""
    if len(found) > 1:
        raise MultipleMatches("the criteria match more than one resource")
    return found[0] if found else None


def match_one(criteria: Criteria, reader: Reader) -> Version | None:
    """Return the one stored resource the criteria match, None without any.

    Raises MultipleMatches.
    """
    return sole(matches(criteria, reader))
