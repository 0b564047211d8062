"""The state of the parts of an installation, as the home page and readiness tell it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fhir_server.billing.state import STATES
from fhir_server.db.revision import applied_revision, newest_revision
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.search.options import Options
from fhir_server.search.parse import parse
from fhir_server.search.plan import plan_count
from fhir_server.store import circuits, jobs
from fhir_server.store.circuits import Circuit
from fhir_server.store.processes import Process, all_processes
from fhir_server.store.reader import Reader

log = logging.getLogger("parity.console")
ALIVE = timedelta(seconds=30)
ROLES = ("worker", "listener")
DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, whether it is well, and a few words."""

    name: str
    is_well: bool
    words: str


@dataclass(frozen=True, slots=True)
class State:
    """The parts and what is in the database: nothing of a patient."""

    parts: Sequence[Part]
    jobs: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        """Whether requests can be answered: the database is there, with its tables."""
        return all(part.is_well for part in self.parts if part.name == DATABASE)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many resources there are by type, and claims by state."""

    resources: Mapping[str, int] = field(default_factory=dict)
    claims: Mapping[str, int] = field(default_factory=dict)


def addresses(base: str) -> tuple[tuple[str, str], ...]:
    """Return what is where, as pairs of words and URL."""
    return (
        ("FHIR R4 base", f"{base}/fhir"),
        ("Capability statement", f"{base}/fhir/metadata"),
        ("Authorization server", f"{base}/fhir/.well-known/smart-configuration"),
        ("Access tokens", f"{base}/auth/token"),
        ("Readiness", f"{base}/readyz"),
    )


def read_state(runtime: Runtime) -> State:
    """Return the state now; a database that does not answer is a part that is not well."""
    now = runtime.clock()
    try:
        with runtime.store.read(Context(runtime.settings.tenant)) as reader:
            return _state(reader, now)
    except Exception as error:  # noqa: BLE001  without tables the driver fails in its own words
        log.warning("database is not usable error=%s", type(error).__name__)
        words = "not reachable, or without its tables: run `parity init`"
        return State((Part(DATABASE, is_well=False, words=words),))


def read_counts(runtime: Runtime) -> Counts:
    """Return the counts of the tenant's resources."""
    context = Context(runtime.settings.tenant)
    with runtime.store.read(context) as reader:
        resources = reader.counts()
        claims: dict[str, int] = {state: _claims(state, reader, runtime) for state in STATES}
    unmoved = resources.get("Claim", 0) - sum(claims.values())
    claims["draft"] += max(0, unmoved)  # a claim that was never moved carries no state
    return Counts(resources, {state: count for state, count in claims.items() if count})


def _claims(state: str, reader: Reader, runtime: Runtime) -> int:
    criteria = (("state", state),)
    tenant = reader.context.tenant
    query = parse(criteria, "Claim", tenant, runtime.registry, Options(now=0))
    return reader.tally(plan_count(query, reader.context))


def _state(reader: Reader, now: datetime) -> State:
    running = all_processes(reader)
    parts = [database_part(applied_revision(reader.session), reader.session.dialect)]
    parts += [role_part(role, running, now) for role in ROLES]
    parts += [partner_part(one) for one in circuits.all_circuits(reader).values() if one.failures]
    return State(parts, jobs.counts(reader))


def database_part(applied: str, dialect: str) -> Part:
    """Return how the database is: well when its tables are those this version needs."""
    newest = newest_revision()
    if applied == newest:
        return Part(DATABASE, is_well=True, words=f"{dialect}, revision {applied}")
    words = f"{dialect}, revision {applied} but {newest} is needed: run `parity db upgrade`"
    return Part(DATABASE, is_well=False, words=words)


def role_part(role: str, running: Sequence[Process], now: datetime) -> Part:
    """Return how one role is: well when one of its processes was heard within ALIVE."""
    alive = [one for one in running if one.role == role and one.age(now) <= ALIVE]
    if not alive:
        return Part(role, is_well=False, words="not there")
    names = ", ".join(_process_words(one) for one in alive)
    return Part(role, is_well=True, words=f"running: {names}")


def partner_part(circuit: Circuit) -> Part:
    """Return how a partner is that was not reached the last time."""
    words = f"not reached, {circuit.failures} attempts: {circuit.reason}"
    return Part(f"partner {circuit.partner}", is_well=False, words=words)


def _process_words(process: Process) -> str:
    address = process.detail.get("address")
    return f"{process.name} at {address}" if isinstance(address, str) else process.name
