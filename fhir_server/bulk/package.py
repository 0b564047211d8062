"""The package a practice leaves with: everything stored, readable without Parity.

All of it shows one moment. Resources are the bytes as stored, X12 and HL7 v2 texts the bytes as
they came and went; the manifest and its seal (`bulk.manifest`) are written last, so that a
package that was broken off has none.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import msgspec

from fhir_server.bulk.manifest import Entry, Manifest, entry, seal
from fhir_server.bulk.ndjson import write_lines
from fhir_server.interactions.assembly import history_entry
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Conflict, FhirError
from fhir_server.runtime import Runtime
from fhir_server.store import clients, exchanges, partners
from fhir_server.store.content import from_aware, instant
from fhir_server.store.exchanges import Exchange
from fhir_server.store.files import Files
from fhir_server.store.history import present_types
from fhir_server.store.reader import Reader

ENDINGS = {"x12": "x12", "v2": "hl7"}
EXCHANGES = 20
"""Exchanges held in memory at once; one may have many megabytes."""
ANYWHERE = "http://localhost"
"""Stands for the server's address in a fullUrl when no public one is set."""
README = """\
Everything {software} held when this package was made ({created}), for one practice.

fhir/<Type>.ndjson          the resources as they were then, FHIR R4 (https://hl7.org/fhir/R4),
                            one JSON text a line
history/<Type>.ndjson       what they were before, and what was deleted: one entry of a FHIR
                            history Bundle a line, with version (etag), time and kind of change
exchanges/x12/in|out        X12 texts received and sent, byte for byte
exchanges/v2/in|out         HL7 v2 messages received and sent, byte for byte
  <number>.x12|.hl7         the text; <number>.reply.x12|.hl7 the acknowledgment that answered it
exchanges/index.ndjson      one line an exchange: partner, kind, control number, time, SHA-256,
                            state, findings, and the resources it made or carried
configuration/              partners and clients; secrets are not part of a package
manifest.json               every file with its size, number of lines or texts, and SHA-256
manifest.sha256             the SHA-256 of the manifest

To prove that nothing is missing or changed:  parity verify FOLDER
or without Parity:  sha256sum -c manifest.sha256, then compare each file with the manifest.
"""


class Incomplete(FhirError):
    """The package does not hold what the database says it has; it is not to be relied on."""


def make_package(out: Path, runtime: Runtime, software: str) -> Manifest:
    """Write everything of the tenant into an empty folder and seal it; return the manifest.

    Raises Conflict for a folder that is not empty, Incomplete when counts do not agree.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Conflict(f"{out} is not an empty folder; a package is written into a new one")
    out.mkdir(parents=True, exist_ok=True)
    created = runtime.store.clock()
    base = f"{(runtime.settings.base_url or ANYWHERE).rstrip('/')}/fhir"
    with runtime.store.read(Context(runtime.settings.tenant), snapshot=True) as reader:
        writing = Writing(out, reader, base)
        writing.resources(runtime.definitions.resource_types)
        writing.exchanges()
        writing.configuration()
    writing.text("README.txt", README.format(software=software, created=moment(created)))
    os.sync()
    manifest = Manifest(moment(created), software, writing.entries, writing.counts())
    seal(out, manifest)
    return manifest


def moment(time: datetime) -> str:
    """Return a time as FHIR writes instants."""
    return instant(from_aware(time))


class Writing:
    """A package while it is written: its folder, and what is in it so far."""

    def __init__(self, out: Path, reader: Reader, base: str) -> None:
        self.entries: list[Entry] = []
        self._out = out
        self._files = Files(out)
        self._reader = reader
        self._base = base

    def resources(self, types: Sequence[str]) -> None:
        """Write current resources and history, type by type. Raises Incomplete."""
        expected = self._reader.counts()
        there = set(present_types(self._reader))
        for type in filter(there.__contains__, types):
            current = self._reader.bodies(type)
            written = self._lines(f"fhir/{type}.ndjson", "resources", current)
            if written != expected.pop(type, 0):
                raise Incomplete(f"{type}: {written} resources written, the database has others")
            before = superseded(self._reader.stream_versions(type))
            texts = (history_entry(one, self._base) for one in before)
            self._lines(f"history/{type}.ndjson", "history", texts)
        if expected:
            raise Incomplete(f"no definition of the types {', '.join(sorted(expected))}")

    def exchanges(self) -> None:
        """Write originals and replies, and the index that tells what they are."""
        self._lines("exchanges/index.ndjson", "index", self._originals())

    def configuration(self) -> None:
        """Write partners and clients, without anything that opens a door."""
        found = partners.all_partners(self._reader)
        self._json("partners", [msgspec.to_builtins(one) for one in found])
        self._json("clients", [describe_client(one) for one in clients.all_clients(self._reader)])

    def text(self, name: str, text: str) -> None:
        """Write a file for people."""
        self._whole(name, "documentation", text.encode())

    def counts(self) -> dict[str, int]:
        """Return how many there are of each content."""
        found: dict[str, int] = {}
        for one in self.entries:
            found[one.content] = found.get(one.content, 0) + one.count
        return found

    def _originals(self) -> Iterator[bytes]:
        last = 0
        while page := exchanges.after(self._reader, last, EXCHANGES):
            for exchange in page:
                yield encode(self._original(exchange))
            last = page[-1].id

    def _original(self, exchange: Exchange) -> JsonObject:
        """Write an exchange's text and reply; return its line of the index."""
        place = f"exchanges/{exchange.protocol}/{exchange.direction}/{exchange.id}"
        ending = ENDINGS[exchange.protocol]
        name, reply = f"{place}.{ending}", f"{place}.reply.{ending}"
        self._whole(name, "exchanges", exchange.body)
        if exchange.reply is not None:
            self._whole(reply, "replies", exchange.reply)
        links = exchanges.links_of(self._reader, exchange.id)
        return describe_exchange(exchange) | {
            "file": name,
            "reply": None if exchange.reply is None else reply,
            "resources": [
                {"reference": f"{one.type}/{one.id}", "place": one.place} for one in links
            ],
            "report": exchange.report,
        }

    def _lines(self, name: str, content: str, texts: Iterator[bytes]) -> int:
        count = write_lines(self._files, name, texts)
        if count:
            self._add(name, content, count)
        return count

    def _json(self, name: str, rows: Sequence[object]) -> None:
        text = msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n"
        self._whole(f"configuration/{name}.json", "configuration", text)

    def _whole(self, name: str, content: str, data: bytes) -> None:
        path = self._files.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self._add(name, content, 1)

    def _add(self, name: str, content: str, count: int) -> None:
        self.entries.append(entry(self._out, self._files.path(name), content, count))


def superseded(versions: Iterator[Version]) -> Iterator[Version]:
    """Yield the versions that are no current resource: old ones, and tombstones.

    Versions of a resource come together, oldest first.
    """
    previous: Version | None = None
    for one in versions:
        if previous is not None and (previous.rid == one.rid or previous.deleted):
            yield previous
        previous = one
    if previous is not None and previous.deleted:
        yield previous


def describe_exchange(exchange: Exchange) -> JsonObject:
    """Return the facts of an exchange, as a line of the index begins."""
    facts: dict[str, JsonValue] = dict[str, JsonValue](asdict(exchange.facts))
    return {
        "id": str(exchange.id),
        "protocol": exchange.protocol,
        "direction": exchange.direction,
        **facts,
        "received": moment(exchange.received),
        "sha256": exchange.sha256,
        "state": exchange.state,
    }


def describe_client(client: clients.Client) -> Mapping[str, object]:
    """Return what a package tells of a client: no secret, no key."""
    return {
        "id": client.id,
        "name": client.name,
        "scopes": list(client.scopes),
        "redirects": list(client.redirects),
    }
