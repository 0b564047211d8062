"""BAR: the billing accounts of a patient; the guide has no map for it, this is ours.

P01 adds an account and P05 updates it: a snapshot of the account with its insurance in order, its
guarantors, diagnoses and procedures. P06 ends an account and P02 purges one at the sender: here
it becomes inactive and stays, since charges and claims hang on it. P10 and P12 bring diagnoses and
procedures of the visit.
"""

from collections.abc import Mapping

from mappers.v2_fhir.account import add_account
from mappers.v2_fhir.adt_clinical import (
    add_allergies,
    add_diagnoses,
    add_procedures,
    add_results,
)
from mappers.v2_fhir.adt_group import Person, people
from mappers.v2_fhir.adt_role import visit_participants
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key
from mappers.v2_fhir.patient import add_encounter, add_patient
from mappers.v2_fhir.provenance import add_provenance
from mappers.v2_fhir.work import MessageText, Work, open_message

ACCOUNT_STATUS: Mapping[str, str] = {
    "P01": "active",
    "P02": "inactive",
    "P05": "",
    "P06": "inactive",
    "P10": "",
    "P12": "",
}
"""Account.status by trigger event (HL7 v2.8.2 chapter 6); empty leaves a stored one alone."""
ENDING = ("P06",)
NEEDING = ("P01", "P02", "P05", "P06")
"""Events that speak of an account, so that one without a number cannot be taken."""


def map_bar_p01(message: MessageText, feed: Feed) -> Mapped:
    """Map what happens to an account; raises MapError where the patient or account is missing."""
    work, identifier, time = open_message(message, feed)
    event = work.source(message.segments[0]).value("MSH-9.2")
    keys = [_map_person(work, person, event, time) for person in people(message.segments)]
    if feed.dialect.provenance:
        add_provenance(work)
    return work.finish(identifier, time, keys[0])


def _map_person(work: Work, person: Person, event: str, time: str) -> Key:
    key, patient = add_patient(work, person.pid, person.contacts, "merge")
    status = ACCOUNT_STATUS[event]
    stays = () if event == "P01" else ("inactive", "entered-in-error")
    account = add_account(work, person.segments, key, patient, status=status, stays=stays)
    if not account and event in NEEDING:
        raise MapError("PID-18", "the message names no account; send its number in PID-18")
    if event in ENDING and time:
        period = work.entries[account].resource.setdefault("servicePeriod", {})
        if isinstance(period, dict):
            period.setdefault("end", time)
    visit = add_visit(work, person, patient, account)
    owner = (*key, visit)
    add_allergies(work, person.allergies, patient, key)
    add_diagnoses(work, person.diagnoses, patient, visit, owner)
    add_procedures(work, person.procedures, patient, visit, owner)
    add_results(work, person.results, patient, visit, owner)
    return key


def add_visit(work: Work, person: Person, patient: str, account: str) -> str:
    """Add the visit that PV1 names and charge it to the account; empty for none.

    Its status is left alone, since an event of billing says nothing of it.
    """
    if person.pv1 is None:
        return ""
    visit = add_encounter(work, (person.pv1, person.pv2), patient, "merge")
    if visit and account:
        work.entries[visit].resource["account"] = [{"reference": account}]
    if visit:
        visit_participants(work, person.visit_roles, work.entries[visit].resource)
    return visit
