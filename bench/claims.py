"""`python -m bench.claims [claims]`: 837P written, claims a second, beside a bare generator.

Each claim has a patient and a coverage of its own, one provider, clinician and payer for all, two
lines, 22 segments. Measured are the writer alone (mapped objects to bytes), and the whole way from
stored Claims: read in one read a batch, gathered, mapped, written. The yardstick is a generator of
as many segments, joined. Rounds alternate; the best of each counts, in seconds
of the processor, as the machine is shared.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import report
from fhir_server.billing.gathering import gather_many, read_claims
from fhir_server.cli.process import keep_for_good
from fhir_server.db.engine import Database
from fhir_server.db.migrate import upgrade
from fhir_server.interactions.transaction import execute
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.write import Create, Wish
from mappers.fhir_x12.claim_837 import Gathered, map_claim
from mappers.fhir_x12.claim_level import MappedClaim, claim_set, together
from mappers.fhir_x12.exchange import Exchange
from mappers.fhir_x12.memo import Memo
from mappers.fhir_x12.modifier import AS_TOLD
from mappers.x12.sets import CLAIM_837P
from mappers.x12.writer import Envelope, SetBody, write
from tests.acceptance.claims import intake, professional_claim

CLAIMS = 1_000
ROUNDS = 7
SEGMENTS = 22
MOMENT = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
EXCHANGE = Exchange("PARITY", "CHP01", "Cascade Health Plan", "000000007", MOMENT)
ENVELOPE = Envelope("ZZ", "PARITY", "ZZ", "CHP01", 7, 7, MOMENT, "T")
CONTEXT = Context()


def resources(number: int) -> tuple[JsonObject, JsonObject, JsonObject]:
    """Return a claim with the patient and the coverage it has for itself."""
    entries = intake()["entry"]
    found: dict[str, JsonObject] = {}
    for one in entries if isinstance(entries, list) else []:
        resource = one["resource"] if isinstance(one, dict) else {}
        if isinstance(resource, dict):
            found[f"{resource['resourceType']}/{resource['id']}"] = resource
    me: JsonObject = {"reference": f"Patient/p{number}"}
    coverage = found["Coverage/nora"] | {
        "subscriber": me,
        "beneficiary": me,
        "subscriberId": f"CHP{number:09d}",
    }
    insurance: JsonObject = {
        "sequence": 1,
        "focal": True,
        "coverage": {"reference": f"Coverage/c{number}"},
    }
    claim = professional_claim(f"B{number}") | {"patient": me, "insurance": [insurance]}
    return claim, found["Patient/nora"], coverage


def yardstick(count: int) -> bytes:
    """Return as many segments as the claims have, made by a generator and joined."""
    return "~".join(_plain(count)).encode()


def _plain(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"CLM*B{number}*165.5***11:B:1*Y*A*Y*Y"
        for line in range(SEGMENTS - 1):
            yield f"REF*6R*B{number}-{line}"


def mapped(claims: Mapping[str, JsonObject], known: Mapping[str, JsonObject]) -> list[MappedClaim]:
    """Return the claims as X12, those of one provider together."""
    memo = Memo()
    made = {id: map_claim(Gathered(one, known, AS_TOLD, memo)) for id, one in claims.items()}
    return [made[id] for id in together(made)]


def written(claims: Sequence[MappedClaim]) -> bytes:
    """Return the interchange of mapped claims."""
    return write(CLAIM_837P, [SetBody("0001", claim_set(claims, EXCHANGE))], ENVELOPE)


def from_store(runtime: Runtime, ids: Sequence[str]) -> bytes:
    """Return the interchange of stored claims: one read for the claims, one for each step."""
    with runtime.store.read(CONTEXT) as reader:
        claims = read_claims(ids, reader)
        known = gather_many(claims.values(), reader)
    return written(mapped(claims, known))


def fill(runtime: Runtime, count: int) -> None:
    """Store the claims and what they refer to."""
    runtime.store.transact(CONTEXT, lambda work: execute(intake(), work, runtime))
    for start in range(0, count, 250):
        wishes: list[Wish] = []
        for number in range(start, min(start + 250, count)):
            claim, patient, coverage = resources(number)
            wishes.append(Create("Patient", patient, f"p{number}"))
            wishes.append(Create("Coverage", coverage, f"c{number}"))
            wishes.append(Create("Claim", claim, f"b{number}"))
        runtime.store.transact(CONTEXT, partial(_apply, wishes))


def _apply(wishes: list[Wish], work: UnitOfWork) -> None:
    work.apply(wishes)


def best(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the fewest seconds of the processor for each way, taken in turn."""
    found = dict.fromkeys(ways, float("inf"))
    keep_for_good()
    for _ in range(rounds):
        for name, way in ways.items():
            started = time.process_time()
            way()
            found[name] = min(found[name], time.process_time() - started)
    return found


def main(count: int) -> None:
    """Measure and print a line for each way."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        database = Database.open(url)
        upgrade(database)
        database.close()
        runtime = Runtime.build(Settings(database_url=url), lambda: MOMENT)
        fill(runtime, count)
        ids = [f"b{number}" for number in range(count)]
        with runtime.store.read(CONTEXT) as reader:
            claims = read_claims(ids, reader)
            ready = mapped(claims, gather_many(claims.values(), reader))
        ways: dict[str, Callable[[], object]] = {
            "generator of segments, joined": lambda: yardstick(count),
            "mapped objects to bytes": lambda: written(ready),
            "stored claims to bytes": lambda: from_store(runtime, ids),
        }
        found = best(ways, ROUNDS)
        runtime.store.database.close()
    print(f"{report.machine()}. {count:,} claims, best of {ROUNDS} rounds.")
    base = found["generator of segments, joined"]
    for name, seconds in found.items():
        print(f"{name:<32} {count / seconds:>9,.0f} claims/s  1:{seconds / base:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CLAIMS)
