"""ADT of two people or accounts brought together or apart: merge, link, unlink, move.

PID is who remains, MRG the number under which the other one was known. What a merge does to the
stored people is told by `mappers.v2_fhir.people`; here only who is meant. The guide maps nothing
of it but MRG-3.
"""

from collections.abc import Mapping

from mappers.path import JsonObject
from mappers.v2_fhir.account import add_account
from mappers.v2_fhir.adt_group import Person, people
from mappers.v2_fhir.bundle import Entry, MapError, Mapped, Merge, MergeKind
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key, chosen_key, identifier_query, stable_id
from mappers.v2_fhir.patient import add_encounter, add_patient
from mappers.v2_fhir.segments.mrg import PRIOR_ACCOUNT, PRIOR_PATIENT
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import MessageText, Work, open_message

MERGES: Mapping[str, MergeKind] = {
    **dict.fromkeys(("A18", "A30", "A34", "A36", "A39", "A40"), "merge"),
    "A24": "link",
    "A37": "unmerge",
    "A45": "move",
}
"""What becomes of two people by trigger event (HL7 v2.8.2 chapter 3)."""
ACCOUNTS = ("A35", "A41")
PAIRS = ("A24", "A37")
"""Events that name both by PID."""
MERGE_EVENTS = (*MERGES, *ACCOUNTS)


def map_merge(message: MessageText, feed: Feed) -> Mapped:
    """Map a merge; raises MapError where one of the two is not named."""
    work, identifier, time = open_message(message, feed)
    event = work.source(message.segments[0]).value("MSH-9.2")
    found = people(message.segments)
    if event in PAIRS:
        key = _pair(work, found, MERGES[event])
    else:
        keys = [_merge(work, one, event) for one in found]
        key = keys[0]
    return work.finish(identifier, time, key)


def _pair(work: Work, found: list[Person], kind: MergeKind) -> Key:
    if len(found) < 2:
        raise MapError("PID", "the message names one patient; send both")
    pairs = [add_patient(work, one.pid, (), "create") for one in found[:2]]
    (key, first), (_, second) = pairs
    work.merges.append(Merge(kind, first, second))
    return key


def _merge(work: Work, person: Person, event: str) -> Key:
    """Add who remains and who is merged into them."""
    key, patient = add_patient(work, person.pid, person.contacts, "merge")
    if not person.priors:
        raise MapError("MRG", "the message names nobody to be merged; send the number in MRG-1")
    for segment in person.priors:
        if event in ACCOUNTS:
            _add_prior_account(work, person, segment, key, patient)
        elif event == "A45":
            _move(work, person, segment, patient)
        else:
            prior = _add_prior(work, segment)
            work.merges.append(Merge(MERGES[event], patient, prior))
    return key


def _add_prior(work: Work, segment: SegmentText) -> str:
    """Add the trace of one who is merged; return the reference to it."""
    patient: JsonObject = {"resourceType": "Patient"}
    work.run(PRIOR_PATIENT, work.source(segment), patient)
    key = chosen_key(patient)
    if key is None:
        raise MapError("MRG-1", "the patient to be merged has no identifier")
    url = f"urn:uuid:{stable_id(work.feed.name, 'Patient', *key)}"
    work.add(Entry(patient, url, "Patient", "create", identifier_query(key)))
    return url


def _move(work: Work, person: Person, segment: SegmentText, patient: str) -> None:
    """Move a visit to the person of PID, with all that is told of it."""
    if person.pv1 is None:
        raise MapError("PV1", "the message names no visit to be moved")
    visit = add_encounter(work, (person.pv1, person.pv2), patient, "merge")
    if not visit:
        raise MapError("PV1-19", "the visit to be moved has no number")
    prior = _add_prior(work, segment)
    work.merges.append(Merge("move", patient, prior, visit))


def _add_prior_account(
    work: Work, person: Person, segment: SegmentText, key: Key, patient: str
) -> None:
    survivor = add_account(work, person.segments, key, patient)
    account: JsonObject = {"resourceType": "Account"}
    work.run(PRIOR_ACCOUNT, work.source(segment), account)
    number = chosen_key(account)
    if not survivor or number is None:
        raise MapError("MRG-3", "the message does not name both accounts: send PID-18 and MRG-3")
    account |= {"subject": [{"reference": patient}], "partOf": {"reference": survivor}}
    url = f"urn:uuid:{stable_id(work.feed.name, 'Account', *number)}"
    work.add(Entry(account, url, "Account", "merge", identifier_query(number)))
