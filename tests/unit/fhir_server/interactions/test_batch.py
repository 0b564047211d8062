"""What a batch makes of a fault of the server in one entry."""

from pathlib import Path

import pytest

from fhir_server.interactions.batch import Offer, run_batch
from fhir_server.interactions.preference import NO_PREFERENCE
from fhir_server.model.resource import JsonValue
from fhir_server.model.rest import Context, FhirRequest, FhirResponse
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings


class Broken:
    """An operation that fails as nobody foresaw; its text must not leave the server."""

    needs = ()
    shows_resources = False

    def run(self, request: FhirRequest, runtime: Runtime) -> FhirResponse:
        del request, runtime
        raise KeyError("secret")


def find(name: str, level: str, type: str | None, method: str) -> Offer:
    del name, level, type, method
    return Broken()


def test_entry_fails_alone_whatever_failed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = Runtime.build(Settings(database_url=f"sqlite:///{tmp_path / 'parity.db'}"))
    asked: list[JsonValue] = [
        {"request": {"method": "GET", "url": url}} for url in ("$broken", "Nothing/1")
    ]
    answer = run_batch(
        {"resourceType": "Bundle", "type": "batch", "entry": asked},
        FhirRequest("POST", Context(), "http://x.example/fhir"),
        NO_PREFERENCE,
        runtime,
        find,
    )
    told = str(answer["entry"])
    assert "500 Internal Server Error" in told
    assert "404 Not Found" in told
    assert "secret" not in told + caplog.text
    assert "KeyError" in caplog.text
