"""More than 20,000 spoiled bodies: each is refused with an outcome, or stored whole and equal.

The application is called in this process, as gunicorn calls it. `test_fuzz.py` does the like over
a socket. What must hold: no answer is 500 and over; one of 400 and over is an OperationOutcome;
what is answered 201 is there, reads back equal, and nothing else is there.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import flask
import pytest

from fhir_server.auth.bearer import Open
from fhir_server.http.fhir import add_fhir
from fhir_server.http.format import Formats
from fhir_server.http.site import Site
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.model.xml.reader import XmlReader
from fhir_server.model.xml.shape import Shapes
from fhir_server.model.xml.writer import XmlWriter
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from profiles.loader import load
from tests.conformance.material import SHARED, examples
from tests.integration.http.sample import bundle, entry, observation, patient
from tests.integration.http.spoil import OF_JSON, OF_XML, as_json, mutate

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SHAPES = Shapes(load())
READER = XmlReader(SHAPES)
WRITER = XmlWriter(SHAPES)
JSON, XML = "application/fhir+json", "application/fhir+xml"
SINGLE = 1_800
BUNDLES = 800
"""Bodies a test; eight tests a database make 20,800 on both."""
TYPES = ("Patient", "Observation", "Questionnaire", "ValueSet", "Claim", "Encounter", "Consent")
LARGEST = 6_000


@dataclass
class Application:
    """The application with a count of what it says it has made."""

    app: flask.Flask
    made: int = 0
    statuses: dict[int, int] = field(default_factory=dict)

    def call(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, str, bytes]:
        """Return status, media type and body of an answer."""
        told: list[tuple[str, str]] = []

        def start(
            status: str, headers: list[tuple[str, str]], *_: object
        ) -> Callable[[bytes], object]:
            told.extend([("status", status), *headers])
            return lambda _: None

        environment: WSGIEnvironment = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/fhir/{path}".rstrip("/"),
            "QUERY_STRING": "",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": kind,
            "HTTP_ACCEPT": kind,
            "HTTP_HOST": "test.example",
            "SERVER_NAME": "test.example",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
        }
        answer = b"".join(self.app.wsgi_app(environment, start))
        headers = {name.lower(): value for name, value in told}
        status = int(headers["status"][:3])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        return status, headers.get("content-type", "").partition(";")[0], answer


@pytest.fixture
def application(migrated_url: str, tmp_path: Path) -> Iterator[Application]:
    """Return the FHIR base of the application on an empty database; it is closed at the end."""
    settings = Settings.load(
        {"PARITY_DATABASE_URL": migrated_url, "PARITY_DATA_DIR": str(tmp_path)}
    )
    runtime = Runtime.build(settings)
    app = flask.Flask("fuzz", static_folder=None, template_folder=None)
    add_fhir(app, Site(runtime, Open(settings.tenant), Formats.of(runtime.definitions)))
    yield Application(app)
    runtime.store.database.close()


def goods() -> list[JsonObject]:
    """Return good resources to be spoiled: ours and, where they are, the official examples."""
    own = [
        patient("1", multipleBirthInteger=2, _birthDate={"id": "b"}),
        observation("Patient/1", valueQuantity={"value": 15, "unit": "mg"}),
    ]
    if not SHARED.is_dir():
        return own
    some = [
        {name: value for name, value in one.items() if name != "id"}
        for one in examples()
        if one["resourceType"] in TYPES and len(str(one)) < LARGEST
    ]
    return [*own, *some]


def read(text: bytes, kind: str) -> JsonObject:
    return READER.decode(text) if kind == XML else decode(text, max_depth=80)


def content(resource: JsonObject) -> JsonObject:
    """Return a resource without what the server gives it."""
    meta = resource.get("meta")
    kept = meta if isinstance(meta, dict) else {}
    rest: JsonObject = {k: v for k, v in kept.items() if k not in ("versionId", "lastUpdated")}
    bare = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    return bare | ({"meta": rest} if rest else {})


def check(application: Application, method: str, path: str, body: bytes, kind: str) -> None:
    """Send a body and hold the answer to what must be."""
    status, told_kind, answer = application.call(method, path, body, kind)
    context = (method, path, body[:3000], status, answer[:600])
    assert 200 <= status < 500, context
    assert told_kind == kind, context
    shown = read(answer, kind)
    if status >= 400:
        assert shown["resourceType"] == "OperationOutcome", context
        assert shown["issue"], context
    elif shown["resourceType"] == "Bundle" and not path:
        application.made += len(re.findall(rb"201 Created", answer))
    else:
        application.made += status == 201
        assert content(shown) == content(read(body, kind)), context
        again = application.call("GET", f"{path.partition('/')[0]}/{shown['id']}", b"", kind)
        assert again[0] == 200, context
        assert read(again[2], kind) == shown, context


def count(url: str) -> int:
    """Return the number of resources there are."""
    runtime = Runtime.build(Settings.load({"PARITY_DATABASE_URL": url}))
    with runtime.store.read(Context()) as reader:
        total = sum(reader.counts().values())
    runtime.store.database.close()
    return total


def spoiled_json(good: JsonObject, chance: random.Random) -> bytes:
    """Return the JSON of a good value, its values or its bytes spoiled."""
    if chance.random() < 0.5:
        return as_json(mutate(json.loads(encode(good)), chance))
    return chance.choice(OF_JSON)(encode(good), chance)


@pytest.mark.parametrize("seed", range(2))
def test_spoiled_json_is_refused_or_stored_whole(
    application: Application, migrated_url: str, seed: int
) -> None:
    chance, some = random.Random(seed), goods()
    for _ in range(SINGLE):
        good = chance.choice(some)
        type = str(good["resourceType"])
        if chance.random() < 0.2:
            named = good | {"id": str(chance.randrange(50))}
            path = f"{type}/{named['id']}"
            check(application, "PUT", path, spoiled_json(named, chance), JSON)
        else:
            check(application, "POST", type, spoiled_json(good, chance), JSON)
    assert application.made > 0
    assert application.statuses[400] > SINGLE / 20
    assert count(migrated_url) == application.made


@pytest.mark.parametrize("seed", range(2))
def test_spoiled_xml_is_refused_or_stored_whole(
    application: Application, migrated_url: str, seed: int
) -> None:
    chance, some = random.Random(seed), goods()
    for _ in range(SINGLE):
        good = chance.choice(some)
        body = chance.choice(OF_XML)(WRITER.encode(good), chance)
        check(application, "POST", str(good["resourceType"]), body, XML)
    assert application.made > 0
    assert application.statuses[400] > SINGLE / 4
    assert count(migrated_url) == application.made


@pytest.mark.parametrize("kind", ["transaction", "batch"])
@pytest.mark.parametrize("seed", range(2))
def test_spoiled_bundles_leave_no_half(
    application: Application, migrated_url: str, kind: str, seed: int
) -> None:
    chance = random.Random(seed)
    for number in range(BUNDLES):
        good = bundle(
            kind,
            entry("POST", "Patient", patient(f"{number}"), "urn:uuid:1"),
            entry("PUT", "Observation/1", observation("urn:uuid:1", id="1", note=[{"text": "n"}])),
            entry("POST", "Observation", observation("urn:uuid:1", valueString="v")),
            entry("GET", f"Patient?identifier={number}"),
        )
        if chance.random() < 0.3:
            check(application, "POST", "", chance.choice(OF_XML)(WRITER.encode(good), chance), XML)
        else:
            check(application, "POST", "", spoiled_json(good, chance), JSON)
    assert application.made > 0
    assert count(migrated_url) == application.made
