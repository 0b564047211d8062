"""What the HTTP side of $export decides by itself."""

import pytest

from fhir_server.model.rest import Context, FhirRequest
from fhir_server.operations.export import accepted_coding, parameter, request_url
from fhir_server.outcome import NotFound


@pytest.mark.parametrize("header", ["gzip", "deflate, gzip", "br;q=1.0, GZIP ; q=0.5", "gzip;q=1"])
def test_gzip_is_accepted(header: str) -> None:
    assert accepted_coding(header) == "gzip"


@pytest.mark.parametrize("header", ["zstd", "gzip, zstd", "gzip;q=1, ZSTD;q=0.1"])
def test_zstd_goes_before_gzip(header: str) -> None:
    assert accepted_coding(header) == "zstd"


@pytest.mark.parametrize("header", ["", "identity", "gzip;q=0", "gzip; q=0.000", "xgzip", "br"])
def test_neither_is_accepted(header: str) -> None:
    assert accepted_coding(header) is None


def request(*parameters: tuple[str, str]) -> FhirRequest:
    return FhirRequest("GET", Context(), "https://p.example/fhir", parameters=parameters)


def test_request_is_told_as_it_was_asked() -> None:
    assert request_url(request()) == "https://p.example/fhir/$export"
    asked = request(("_type", "Patient"), ("_since", "2026-01-01T00:00:00+01:00"))
    assert request_url(asked).endswith("?_type=Patient&_since=2026-01-01T00%3A00%3A00%2B01%3A00")


@pytest.mark.parametrize("parameters", [(), (("job", "1"), ("job", "2")), (("name", "1"),)])
def test_address_that_was_never_given_is_not_found(parameters: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(NotFound):
        parameter(request(*parameters), "job")
