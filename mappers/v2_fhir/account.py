"""PID-18, IN1 and GT1 to Account: who is billed for a patient's services, in which order."""

from collections.abc import Sequence

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, Mode
from mappers.v2_fhir.identity import Key, chosen_key, identifier_query, stable_id
from mappers.v2_fhir.insurance import add_coverages, add_related
from mappers.v2_fhir.patient import cleared_elements
from mappers.v2_fhir.segments.account import ACCOUNT
from mappers.v2_fhir.segments.gt1 import (
    GUARANTOR,
    GUARANTOR_ORGANIZATION,
    GUARANTOR_PERSON,
)
from mappers.v2_fhir.source import SegmentSource, SegmentText
from mappers.v2_fhir.work import Work

ONESELF = "ONESELF"
LAST = 99
"""The priority of a guarantor without one."""


def add_account(
    work: Work,
    segments: Sequence[SegmentText],
    key: Key,
    patient: str,
    mode: Mode = "merge",
    status: str = "",
    stays: tuple[str, ...] = (),
) -> str:
    """Add the Account with its coverages and guarantors; return the reference, empty for none.

    The coverages are added also where no account number is sent. `status` is what the event
    says; empty, a new account is active and a stored status stays.
    """
    coverages = add_coverages(work, segments, key, patient, mode)
    guarantors = _guarantors(work, segments, key, patient, mode)
    source = work.source(*(one for one in reversed(segments) if one.id in {"PID", "PV1"}))
    account: JsonObject = {"resourceType": "Account"}
    work.run(ACCOUNT, source, account)
    number = chosen_key(account)
    if number is None:
        return ""
    account["status"] = status or "active"
    account["subject"] = [{"reference": patient}]
    if coverages:
        account["coverage"] = [
            {"coverage": {"reference": url}, "priority": at} for at, url in enumerate(coverages, 1)
        ]
    if guarantors:
        account["guarantor"] = guarantors
    url = f"urn:uuid:{stable_id(work.feed.name, 'Account', *number)}"
    defaults = () if status else ("status",)
    cleared = cleared_elements(ACCOUNT, source, account)
    entry = Entry(
        account,
        url,
        "Account",
        mode,
        identifier_query(number),
        cleared,
        defaults,
        stays,
        time=work.time,
    )
    work.add(entry)
    return url


def _guarantors(
    work: Work, segments: Sequence[SegmentText], key: Key, patient: str, mode: Mode
) -> list[JsonValue]:
    """Return the guarantors of an account by their priority."""
    found: list[tuple[int, JsonValue]] = []
    for segment in segments:
        if segment.id != "GT1":
            continue
        source = work.source(segment)
        priority = source.value("GT1-15")
        guarantor = work.run(GUARANTOR, source)
        party = _party(work, source, key, patient, mode)
        if party:
            rank = int(priority) if priority.isdecimal() else LAST
            found.append((rank, {"party": party, **guarantor}))
    return [guarantor for _, guarantor in sorted(found, key=lambda one: one[0])]


def _party(
    work: Work, source: SegmentSource, key: Key, patient: str, mode: Mode
) -> JsonObject | None:
    """Add who guarantees and return the reference, None where nobody is named."""
    if not any(source.texts("GT1-3")) and source.value("GT1-21"):
        return _organization(work, source)
    person: JsonObject = {"resourceType": "RelatedPerson", "active": True}
    work.run(GUARANTOR_PERSON, source, person)
    if ONESELF in read(person, "relationship.coding.code"):
        return {"reference": patient}
    if "name" not in person and "identifier" not in person:
        return None
    number = chosen_key(person, ("",))
    name = read(person, "name.family") + read(person, "name.given")
    known = number or (*map(str, name), str(person.get("birthDate", "")))
    return {
        "reference": add_related(work, person, patient, mode, ("guarantor", *key, *known)),
    }


def _organization(work: Work, source: SegmentSource) -> JsonObject:
    """Add the organization that guarantees, or name it where it has no number."""
    organization: JsonObject = {"resourceType": "Organization", "active": True}
    work.run(GUARANTOR_ORGANIZATION, source, organization)
    number = chosen_key(organization, ("",))
    if number is None:
        return {"type": "Organization", "display": organization["name"]}
    url = f"urn:uuid:{stable_id(work.feed.name, 'Organization', *number)}"
    work.add(Entry(organization, url, "Organization", "create", identifier_query(number)))
    return {"reference": url}
