"""URLs of bundle entries."""

import pytest

from fhir_server.interactions.address import Address, parse_address
from fhir_server.outcome import BadRequest, NotFound

BASE = "http://here.example/fhir"


def is_type(name: str) -> bool:
    return name in {"Patient", "Claim"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("Patient", Address("Patient")),
        ("/Patient/1", Address("Patient", "1")),
        (f"{BASE}/Patient/1", Address("Patient", "1")),
        ("Patient?a=b&c=d", Address("Patient", query="a=b&c=d")),
        ("Patient?", Address("Patient", query="")),
        ("Patient/1/_history/2", Address("Patient", "1", ("_history", "2"))),
        ("Patient/_search", Address("Patient", tail=("_search",))),
        ("Claim/1/$submit", Address("Claim", "1", ("$submit",))),
        ("_history", Address(tail=("_history",))),
        ("", Address()),
    ],
)
def test_url_names_a_place(url: str, expected: Address) -> None:
    assert parse_address(url, BASE, is_type) == expected


@pytest.mark.parametrize(
    "url", ["http://there.example/fhir/Patient/1", "urn:uuid:1", "Patient/a b", "Patient/é"]
)
def test_url_of_elsewhere_or_nowhere_is_refused(url: str) -> None:
    with pytest.raises(BadRequest):
        parse_address(url, BASE, is_type)


def test_unknown_type_is_not_found() -> None:
    with pytest.raises(NotFound):
        parse_address("Nothing/1", BASE, is_type)


def test_query_is_decoded_in_order() -> None:
    address = parse_address("Patient?name=a%20b&name=c", BASE, is_type)
    assert address.parameters == (("name", "a b"), ("name", "c"))


def test_query_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(BadRequest):
        _ = Address("Patient", query="a=%FF").parameters
