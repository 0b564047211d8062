"""What the messages of one commit need, looked up for all of them at once."""

from collections.abc import Sequence

from fhir_server.intake.v2_criteria import criteria_of
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Key
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.v2_fhir.bundle import Entry, Mapped


def prime(several: Sequence[Mapped], work: UnitOfWork, runtime: Runtime) -> None:
    """Claim, find and hold what the messages are about, in a statement each.

    It only spares the round trips of one message after the other: what is not looked up here is
    looked up when it is asked for.
    """
    entries = [entry for mapped in several for entry in mapped.entries]
    criteria = [criteria_of(_type(entry), entry.match, runtime) for entry in entries if entry.match]
    reports = [one.url for one in entries if _type(one) == "DiagnosticReport"]
    work.claim_many([*(one.key for one in criteria), *reports])
    keys = {key for one in criteria if (key := one.sole_key) is not None}
    work.sought.look(work, keys)
    found = [one for key in sorted(keys) for one in work.sought.of(key) or ()]
    put = [_key(entry) for entry in entries if not entry.match and "/" in entry.url]
    work.lock_many([*((one.type, one.id) for one in found), *put])


def _type(entry: Entry) -> str:
    return str(entry.resource["resourceType"])


def _key(entry: Entry) -> Key:
    type, _, id = entry.url.partition("/")
    return type, id
