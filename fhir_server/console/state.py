"""The state of the parts of an installation, as the home page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError
from fhir_server.runtime import Runtime
from fhir_server.store import jobs
from fhir_server.store.processes import Process, all_processes
from fhir_server.store.reader import Reader

ALIVE = timedelta(seconds=30)
ROLES = ("worker", "listener")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, whether it is well, and a few words."""

    name: str
    is_well: bool
    words: str


@dataclass(frozen=True, slots=True)
class State:
    """All the page tells besides addresses."""

    parts: Sequence[Part]
    resources: Mapping[str, int]
    jobs: Mapping[str, int]


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
    now = runtime.store.clock()
    try:
        with runtime.store.read(Context(runtime.settings.tenant)) as reader:
            return _state(reader, now)
    except FhirError as error:
        return State((Part("database", is_well=False, words=str(error)),), {}, {})


def _state(reader: Reader, now: datetime) -> State:
    running = all_processes(reader)
    parts = [Part("database", is_well=True, words=reader.session.dialect)]
    parts += [role_part(role, running, now) for role in ROLES]
    return State(parts, reader.counts(), jobs.counts(reader))


def role_part(role: str, running: Sequence[Process], now: datetime) -> Part:
    """Return how one role is: well when one of its processes was heard within ALIVE."""
    alive = [one for one in running if one.role == role and one.age(now) <= ALIVE]
    if not alive:
        return Part(role, is_well=False, words="not running")
    names = ", ".join(_process_words(one) for one in alive)
    return Part(role, is_well=True, words=f"running: {names}")


def _process_words(process: Process) -> str:
    address = process.detail.get("address")
    return f"{process.name} at {address}" if isinstance(address, str) else process.name
