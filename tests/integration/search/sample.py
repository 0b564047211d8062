"""Patients to be searched, and searching them page by page."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from fhir_server.model.date import microseconds
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.search.extract import Extractor
from fhir_server.search.options import Options
from fhir_server.search.page import Page, find_page
from fhir_server.search.parse import parse
from fhir_server.search.query import Query
from fhir_server.search.registry import Registry
from fhir_server.store.unit_of_work import Store
from profiles.loader import load

HERE = Context()
ELSEWHERE = Context(tenant=2)
REGISTRY = Registry(load())
EXTRACTOR = Extractor(REGISTRY)
Pair = tuple[str, str]


def now() -> int:
    return microseconds(datetime.now(UTC))


def query(type: str, pairs: Sequence[Pair], *, include_limit: int = 2000) -> Query:
    options = Options(now(), include_limit=include_limit)
    return parse(pairs, type, HERE.tenant, REGISTRY, options)


def search(store: Store, type: str, *pairs: Pair, context: Context = HERE) -> Page:
    asked = parse(pairs, type, context.tenant, REGISTRY, Options(now()))
    with store.read(context) as reader:
        return find_page(asked, context, EXTRACTOR, reader)


def ids(page: Page) -> list[str]:
    return [version.id for version in page.matches]


def pages(store: Store, type: str, *pairs: Pair) -> Iterator[Page]:
    """Yield the pages of a search, following the next links."""
    page = search(store, type, *pairs)
    yield page
    while page.next is not None:
        page = search(store, type, *page.next)
        yield page


def create(store: Store, *resources: JsonObject, context: Context = HERE) -> None:
    with store.write(context) as work:
        for resource in resources:
            work.create(str(resource["resourceType"]), str(resource["id"]), resource)


def delete(store: Store, type: str, id: str) -> None:
    with store.write(HERE) as work:
        current = work.lock(type, id)
        assert current is not None
        work.delete(current)


def update(store: Store, resource: JsonObject) -> None:
    with store.write(HERE) as work:
        current = work.lock(str(resource["resourceType"]), str(resource["id"]))
        assert current is not None
        work.update(current, resource)


def patient(id: str, **members: JsonValue) -> JsonObject:
    return {"resourceType": "Patient", "id": id, **members}


def person(number: int) -> JsonObject:
    """Return one of many patients: every third without birth date, names that repeat."""
    members: JsonObject = {"gender": "female" if number % 2 else "male"}
    if number % 3:
        members["birthDate"] = f"19{40 + number % 7}-01-{1 + number % 28:02}"
    if number % 5:
        members["name"] = [{"family": f"F{number % 4}"}, {"family": f"E{number % 6}"}]
    return patient(f"p{number:03}", **members)
