"""A search that takes too long is stopped by the database, and told apart from a fault."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.store.write import Create
from tests.integration.http.sample import at, issue
from tests.integration.server import FORM, Server, running_server

PATIENTS, SOME = 3000, 100
SLOW = urlencode({"name:contains": ",".join(f"x{number}" for number in range(2000))})
LIMIT = {"PARITY_STATEMENT_TIMEOUT": "400"}


@pytest.fixture
def hurried(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """Return a server whose database stops statements soon, with a few thousand patients."""
    with running_server(database_url, tmp_path, LIMIT, workers=1) as server:
        runtime = server.runtime()
        for start in range(0, PATIENTS, SOME):
            with runtime.store.write(Context(server.settings.tenant)) as work:
                some = range(start, start + SOME)
                work.apply([Create("Patient", named(number)) for number in some])
        runtime.store.database.close()
        yield server


def named(number: int) -> JsonObject:
    family = f"Family {number} of {'many ' * 20}"
    return {"resourceType": "Patient", "name": [{"family": family, "given": ["a", "b"]}]}


def test_slow_search_is_too_costly_and_harms_no_other(hurried: Server) -> None:
    for _ in range(2):
        headers = {"Content-Type": FORM}
        answer = hurried.fhir("POST", "Patient/_search", SLOW.encode(), headers)
        assert answer.status == 503, answer.body
        assert issue(answer.json)["code"] == "too-costly"
        assert issue(answer.json)["severity"] == "error"
        assert int(answer.headers["retry-after"]) > 0
        quick = hurried.fhir("GET", "Patient?name=family&_count=1")
        assert quick.status == 200
        assert at(quick.json, "entry", 0, "search", "mode") == "match"
