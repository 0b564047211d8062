"""Which resources go with a patient, and taking them out for good.

They are those of the Patient compartment (https://hl7.org/fhir/R4/compartmentdefinition-patient.html),
deleted ones too. What also refers to another patient, a Group or a shared appointment, is that
patient's as well and stays; AuditEvents stay, because they tell of the past.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fhir_server.interactions.deferred import KIND as REQUEST
from fhir_server.interactions.reference import references
from fhir_server.model.codec import decode
from fhir_server.model.resource import Version
from fhir_server.runtime import Runtime
from fhir_server.search.key import self_key
from fhir_server.search.types.reference import RELATIVE
from fhir_server.store import erase
from fhir_server.store.erase import Erased
from fhir_server.store.history import present_types
from fhir_server.store.reader import Key, Reader
from fhir_server.store.unit_of_work import UnitOfWork

PATIENT = "Patient"
KEPT = ("AuditEvent",)
STEP = 500
"""Resources looked at, and taken out, at once."""


@dataclass(frozen=True, slots=True)
class Members:
    """Resources of a patient that go, those shared with others that stay, and where to go on.

    `after` is the internal key of the last one looked at, None when there are no more.
    """

    going: tuple[Key, ...]
    shared: int
    after: int | None


def member_types(runtime: Runtime) -> dict[str, tuple[str, ...]]:
    """Return the types of the compartment with the parameters that link them to the patient."""
    members = runtime.definitions.compartments[PATIENT].members
    return {type: codes for type, codes in members.items() if type not in KEPT}


def link_keys(runtime: Runtime, tenant: int) -> list[int]:
    """Return the keys of the index rows that link resources to a patient."""
    found = set()
    for type, codes in member_types(runtime).items():
        known = runtime.registry.parameters(tenant, type)
        found |= {known[code].slot.own_key for code in codes if code in known}
    return sorted(found)


def members_of(id: str, reader: Reader, runtime: Runtime, after: int) -> Members:
    """Return the next resources that refer to a patient."""
    tenant = reader.context.tenant
    target = self_key(tenant, PATIENT, id)
    found = erase.linked(reader, target, link_keys(runtime, tenant), after, STEP)
    found_all = [one for one in found if (one.type, one.id) != (PATIENT, id)]
    going = [one for one in found_all if not is_shared(one, id)]
    last = found[-1].rid if len(found) == STEP else None
    keys = tuple((one.type, one.id) for one in going)
    return Members(keys, len(found_all) - len(going), last)


def buried_with(id: str, reader: Reader, runtime: Runtime) -> Iterator[Key]:
    """Yield the deleted resources that referred to a patient and to no other."""
    text = f"{PATIENT}/{id}"
    types = set(present_types(reader)) & member_types(runtime).keys()
    for type in sorted(types):
        own: dict[Key, bool] = {}
        for one in erase.buried(reader, type, text):
            key = (one.type, one.id)
            own[key] = own.get(key, False) or names(one, id)
            if is_shared(one, id):
                own[key] = False
        yield from (key for key, is_own in own.items() if is_own and key != (PATIENT, id))


def patients_named(version: Version) -> set[str]:
    """Return the ids of the patients a version refers to."""
    tails = ("/".join(text.split("/")[-4:]) for text in references(decode(version.body)))
    return {
        match[2]
        for tail in tails
        for part in (tail, "/".join(tail.split("/")[-2:]))
        if (match := RELATIVE.fullmatch(part)) and match[1] == PATIENT
    }


def names(version: Version, id: str) -> bool:
    """Whether a version refers to a patient."""
    return id in patients_named(version)


def is_shared(version: Version, id: str) -> bool:
    """Whether a version refers to another patient too."""
    return bool(patients_named(version) - {id})


def take_out(id: str, keys: Sequence[Key], work: UnitOfWork) -> Erased:
    """Take resources of a patient out for good, and kept answers that name the patient."""
    erased = erase.erase(work, keys)
    name = f"{PATIENT}/{id}"
    # as a version, and as a reference in JSON text or in JSON text inside a JSON text
    texts = (f'"{PATIENT}","{id}"', f"{name}/", f'{name}"', f'{name}\\"')
    answers = erase.erase_answers(work, texts, REQUEST)
    return erased + Erased(answers=answers)
