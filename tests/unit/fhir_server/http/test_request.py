"""The WSGI environment, read."""

import pytest

from fhir_server.http.parameters import parse_parameters
from fhir_server.http.request import request_base, request_headers, request_id
from fhir_server.outcome import BadRequest


def test_parameters_keep_order_and_repetition() -> None:
    assert parse_parameters("name=B%C3%A9&name=c+d&_count=") == (
        ("name", "Bé"),
        ("name", "c d"),
        ("_count", ""),
    )


@pytest.mark.parametrize("text", ["a=%FF", "a=%00", "&".join(["a=1"] * 1001)])
def test_parameters_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_parameters(text)


@pytest.mark.parametrize("given", ["abc-1", "A.b:c_9"])
def test_harmless_request_id_is_kept(given: str) -> None:
    assert request_id({"HTTP_X_REQUEST_ID": given}) == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", "a\nb"])
def test_other_request_id_is_replaced(given: str) -> None:
    made = request_id({"HTTP_X_REQUEST_ID": given})
    assert made != given
    assert made.isalnum()


def test_request_ids_differ() -> None:
    assert request_id({}) != request_id({})


def test_only_headers_that_mean_something_are_read() -> None:
    environment = {"HTTP_IF_MATCH": 'W/"1"', "HTTP_COOKIE": "x", "CONTENT_TYPE": ""}
    assert request_headers(environment) == {"if-match": 'W/"1"'}


def test_configured_base_goes_before_the_host_called() -> None:
    environment = {"wsgi.url_scheme": "http", "HTTP_HOST": "other:80"}
    assert request_base(environment, "https://fhir.example/") == "https://fhir.example"
    assert request_base(environment, "") == "http://other:80"
