"""The cases over HTTP: what a client asks, over and over."""

import itertools
import json
import random
import statistics
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench import load, synthea
from bench.patient import SYSTEM, patient
from bench.server import Target
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject

LOINC = "http://loinc.org"
MEDIAN_ENTRIES = 300
ALONE = 7
"""Bundles sent one after another to tell how long one takes alone."""


@dataclass
class Known:
    """What is in the database: ids of Patients made by the benchmark, and Synthea's Observations.

    `observed` are pairs of a Patient's id and a LOINC code he has.
    """

    ids: Sequence[str]
    observed: Sequence[tuple[str, str]]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_000))


def creates(target: Target, known: Known) -> Iterator[bytes]:
    """Yield creates of Patients, each another one."""
    for number in known.numbers:
        yield load.request("POST", "/fhir/Patient", target.token, patient(number))


def reads(target: Target, known: Known) -> Iterator[bytes]:
    """Yield reads of known Patients."""
    for one in itertools.cycle(known.ids):
        yield load.request("GET", f"/fhir/Patient/{one}", target.token)


def updates(target: Target, known: Known) -> Iterator[bytes]:
    """Yield updates of known Patients, each with another identifier, name and address."""
    for number, id in zip(known.numbers, itertools.cycle(known.ids), strict=False):
        body = encode({**decode(patient(number)), "id": id})
        yield load.request("PUT", f"/fhir/Patient/{id}", target.token, body)


def by_identifier(target: Target, known: Known) -> Iterator[bytes]:
    """Yield searches by identifier that each find one Patient."""
    for number in itertools.cycle(range(len(known.ids))):
        path = f"/fhir/Patient?identifier={SYSTEM}%7CB{number}"
        yield load.request("GET", path, target.token)


def by_patient_and_code(target: Target, known: Known) -> Iterator[bytes]:
    """Yield searches of Observations of a Patient with a code."""
    for id, code in itertools.cycle(known.observed):
        path = f"/fhir/Observation?patient=Patient/{id}&code={LOINC}%7C{code}"
        yield load.request("GET", path, target.token)


CASES = {
    "create Patient": (creates, "insert", "1,000", "220"),
    "read": (reads, "select", "2,500", "647"),
    "update": (updates, "insert", "800", "190"),
    "search by identifier": (by_identifier, "select", "1,500", "440"),
    "search Observation patient+code": (by_patient_and_code, "select", "1,300", "436"),
}
"""Each case: its requests, the limit it stands beside, the bar and the peer on PostgreSQL."""


def discover(target: Target, sought: int = 300) -> Known:
    """Make some Patients and find out which Observations there are."""
    ids = [make(target, number) for number in range(sought)]
    observed = {
        (person_of(one), code)
        for one in (decode(line) for line in itertools.islice(synthea.lines(2000), 2000))
        if one["resourceType"] == "Observation" and (code := code_of(one))
    }
    pairs = sorted(observed)
    random.Random(7).shuffle(pairs)
    return Known(ids, pairs)


def person_of(observation: JsonObject) -> str:
    """Return the id of the Patient an Observation is about."""
    subject = observation["subject"]
    return str(subject["reference"]).partition("/")[2] if isinstance(subject, dict) else ""


def code_of(observation: JsonObject) -> str:
    """Return the first code of an Observation."""
    code = observation.get("code")
    coding = code.get("coding") if isinstance(code, dict) else None
    first = coding[0] if isinstance(coding, list) else None
    return str(first["code"]) if isinstance(first, dict) else ""


def make(target: Target, number: int) -> str:
    """Create a Patient and return its id."""
    return str(json.loads(post(target, "/fhir/Patient", patient(number)))["id"])


def post(target: Target, path: str, body: bytes) -> bytes:
    """Send one body and return the answer's."""
    headers = {
        "Authorization": f"Bearer {target.token}",
        "Content-Type": "application/fhir+json",
    }
    address = f"http://127.0.0.1:{target.port}{path}"
    with urllib.request.urlopen(urllib.request.Request(address, body, headers)) as answer:
        return bytes(answer.read())


class Transactions:
    """Synthea's Bundles, as often as they are asked for, each time other people."""

    def __init__(self) -> None:
        self._templates = synthea.transactions()
        self._copies = itertools.count(1)
        self.sent = 0
        """Resources in the Bundles sent so far."""

    def requests(self, target: Target) -> Iterator[bytes]:
        """Yield transactions without end."""
        for copy in self._copies:
            for entries, template in self._templates:
                self.sent += entries
                yield load.request("POST", "/fhir", target.token, template.copy(copy))

    def alone(self, target: Target) -> Mapping[str, float]:
        """Return the milliseconds one Bundle of the median size takes with nothing beside it."""
        entries, template = min(self._templates, key=lambda one: abs(one[0] - MEDIAN_ENTRIES))
        times = []
        for copy in itertools.islice(self._copies, ALONE):
            body = template.copy(copy)
            start = time.perf_counter()
            post(target, "/fhir", body)
            times.append((time.perf_counter() - start) * 1000)
        return {"entries": entries, "ms": statistics.median(times)}
