"""Searching resources in memory, for tests that need no database."""

from fhir_server.model.date import date_span
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.extract import Extractor
from fhir_server.search.match import matches
from fhir_server.search.options import Options
from fhir_server.search.parse import parse
from fhir_server.search.query import Query
from fhir_server.search.registry import Registry
from fhir_server.search.rows import Rows
from profiles.loader import load

TENANT = 1
BASE = "https://example.org/fhir"
REGISTRY = Registry(load())
EXTRACTOR = Extractor(REGISTRY)
NOW = date_span("2026-01-01T00:00:00Z").low


def options(*, lenient: bool = False, or_limit: int = 1000) -> Options:
    return Options(NOW, BASE, lenient=lenient, or_limit=or_limit)


def query(type: str, *pairs: tuple[str, str], given: Options | None = None) -> Query:
    return parse(pairs, type, TENANT, REGISTRY, given or options())


def rows(resource: JsonObject) -> Rows:
    return EXTRACTOR(resource, TENANT)


def finds(resource: JsonObject, name: str, value: str) -> bool:
    """Whether a search by one parameter finds a resource."""
    asked = query(str(resource["resourceType"]), (name, value))
    return matches(asked, resource, rows(resource))


def patient(**members: JsonValue) -> JsonObject:
    return {"resourceType": "Patient", "id": "1", **members}


def observation(**members: JsonValue) -> JsonObject:
    return {"resourceType": "Observation", "id": "1", **members}
