"""All official examples over HTTP on both databases: returned equal in JSON and in XML.

Source: https://hl7.org/fhir/R4/downloads.html (examples of 4.0.1).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.xml.reader import XmlReader
from fhir_server.model.xml.shape import Shapes
from fhir_server.model.xml.writer import XmlWriter
from profiles.loader import load
from tests.conformance.material import examples, needs_material
from tests.conformance.test_xml import canonical
from tests.integration.server import Server, running_server

pytestmark = needs_material
SHAPES = Shapes(load())
READER = XmlReader(SHAPES)
WRITER = XmlWriter(SHAPES)
XML = {"Accept": "application/fhir+xml", "Content-Type": "application/fhir+xml"}


@pytest.fixture
def lone(migrated_url: str, tmp_path: Path) -> Iterator[Server]:
    """Return a server of its own: some examples change how others are searched."""
    with running_server(migrated_url, tmp_path) as started:
        yield started


def unstamped(resource: JsonObject) -> bytes:
    """Return the text of a resource without what the server stamps on it."""
    meta = resource.get("meta")
    given = meta if isinstance(meta, dict) else {}
    kept: dict[str, JsonValue] = {
        name: value for name, value in given.items() if name not in ("versionId", "lastUpdated")
    }
    bare = {name: value for name, value in resource.items() if name != "meta"}
    return canonical(bare | ({"meta": kept} if kept else {}))


def test_every_example_is_stored_and_returned_equal_in_both_formats(lone: Server) -> None:
    kept = 0
    for resource in examples():
        name = f"{resource['resourceType']}/{resource['id']}"
        stored = lone.fhir("PUT", name, resource)
        assert stored.status == 201, (name, stored.body[:600])
        assert unstamped(decode(stored.body)) == unstamped(resource), name
        shown = lone.fhir("GET", name, headers=XML)
        assert canonical(READER.decode(shown.body)) == canonical(decode(stored.body)), name
        again = lone.fhir("PUT", name, WRITER.encode(resource), XML)
        assert again.status == 200, (name, again.body[:600])
        assert unstamped(READER.decode(again.body)) == unstamped(resource), name
        kept += 1
    assert kept == 696
