"""From paths to interactions."""

import pytest

from fhir_server.http.routes import find_route
from fhir_server.interactions.table import Interaction
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations import Operation
from fhir_server.operations.served import INTERACTIONS
from fhir_server.outcome import MethodNotAllowed, NotFound
from fhir_server.runtime import Runtime


def run(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Answer nothing: the tests look at routes only."""
    raise AssertionError((request, runtime))


SUBMIT = Operation("submit", ("instance",), ("Claim",), (), run, "https://x.example/submit")
READY = Operation(
    "ready", ("system", "type"), (), (), run, "https://x.example/ready", affects_state=False
)


def is_type(name: str) -> bool:
    return name in {"Patient", "Claim"}


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "Patient/1", "read"),
        ("HEAD", "Patient/1", "read"),
        ("GET", "Patient/1/_history/2", "vread"),
        ("GET", "Patient/1/_history", "history-instance"),
        ("GET", "Patient", "search-type"),
        ("GET", "Patient/", "search-type"),
        ("POST", "Patient/_search", "search-type"),
        ("GET", "", "search-system"),
        ("POST", "_search", "search-system"),
        ("GET", "Patient/1/Claim", "search-type"),
        ("GET", "Patient/1/*", "search-type"),
        ("POST", "Patient/1/Claim/_search", "search-type"),
        ("POST", "Patient", "create"),
        ("PUT", "Patient/1", "update"),
        ("PUT", "Patient", "update"),
        ("DELETE", "Patient/1", "delete"),
        ("PATCH", "Patient/1", "patch"),
        ("PATCH", "Patient", "patch"),
        ("GET", "Patient/_history", "history-type"),
        ("GET", "_history", "history-system"),
        ("POST", "", "batch"),
    ],
)
def test_path_and_method_lead_to_an_interaction(method: str, path: str, code: str) -> None:
    row = find_route(method, path, is_type, ()).row
    assert isinstance(row, Interaction)
    assert row.code == code


def test_compartment_route_names_the_type_searched_and_the_resource() -> None:
    route = find_route("GET", "Patient/1/Claim", is_type, ())
    assert (route.type, route.id, route.compartment) == ("Claim", None, ("Patient", "1"))
    route = find_route("POST", "Patient/1/*/_search", is_type, ())
    assert (route.type, route.compartment) == (None, ("Patient", "1"))


def test_route_carries_what_the_path_names() -> None:
    route = find_route("GET", "Patient/a.b-C/_history/12", is_type, ())
    assert (route.type, route.id, route.version) == ("Patient", "a.b-C", 12)


@pytest.mark.parametrize(
    "path",
    [
        "Nothing",
        "Nothing/1",
        "Patient/a b",
        "Patient/1/2/3",
        "Patient/1/_history/x",
        "Patient//",
        "Patient/1/_history/9999999999",
        "$x",
        "Patient/$x",
        "Patient/1/2/$ready",
    ],
)
def test_path_that_names_nothing_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        find_route("GET", path, is_type, (SUBMIT, READY))


def test_method_not_served_tells_those_that_are() -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        find_route("POST", "Patient/1", is_type, ())
    assert list(refused.value.allow) == ["DELETE", "GET", "HEAD", "PATCH", "PUT"]


def test_operation_is_found_at_its_level_and_type() -> None:
    table = (SUBMIT, READY)
    assert find_route("POST", "Claim/1/$submit", is_type, table).row is SUBMIT
    assert find_route("GET", "$ready", is_type, table).row is READY
    assert find_route("GET", "Patient/$ready", is_type, table).row is READY
    for path in ("Patient/1/$submit", "Claim/$submit", "$submit"):
        with pytest.raises(NotFound):
            find_route("POST", path, is_type, table)


def test_operation_that_changes_things_is_called_by_post() -> None:
    with pytest.raises(MethodNotAllowed):
        find_route("GET", "Claim/1/$submit", is_type, (SUBMIT,))


def test_every_place_and_method_has_one_interaction() -> None:
    places = [(row.place, row.method) for row in INTERACTIONS if row.code != "batch"]
    assert len(places) == len(set(places))
