"""The Bundle of a search (https://hl7.org/fhir/R4/bundle.html#searchset)."""

import msgspec

from fhir_server.interactions.assembly import (
    bundle_links,
    bundle_text,
    outcome_entry,
    search_entry,
    with_query,
)
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import operation_outcome
from fhir_server.search.page import Page, with_bookmark
from fhir_server.search.query import Query, Total

ACCURACY = "https://parity.example/fhir/StructureDefinition/total-accuracy"
"""The extension of a total that is an estimate: there are at least so many."""


def searchset(page: Page, query: Query, base: str, url: str) -> bytes:
    """Return the Bundle of a page: matches, what comes along, and notes about the search.

    `url` is that of the search, without parameters.
    """
    links = {"self": with_bookmark(query, query.bookmark), **page.links}
    pairs = ((relation, with_query(url, parameters)) for relation, parameters in links.items())
    head: JsonObject = {
        "type": "searchset",
        **bundle_total(page.total),
        "link": bundle_links(pairs),
    }
    entries = [search_entry(version, base, "match") for version in page.matches]
    entries += [search_entry(version, base, "include") for version in page.included]
    if page.notes:
        entries.append(outcome_entry(msgspec.json.encode(operation_outcome(page.notes))))
    return bundle_text(head, entries)


def bundle_total(total: Total | None) -> JsonObject:
    """Return Bundle.total; one that is no more than an estimate is marked by an extension."""
    if total is None:
        return {}
    if total.exact:
        return {"total": total.number}
    mark: JsonObject = {"url": ACCURACY, "valueCode": "estimate"}
    return {"total": total.number, "_total": {"extension": [mark]}}
