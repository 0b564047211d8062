"""BAR: the billing accounts of a patient; the guide has no map for it, this is ours.

P01 adds an account and P05 updates it: a snapshot of the account with its insurance in order, its
guarantors, diagnoses and procedures. P06 ends an account and P02 purges one at the sender: here
it becomes inactive and stays, since charges and claims hang on it. P10 and P12 bring diagnoses and
procedures of the visit.
"""

from collections.abc import Mapping, Sequence

from mappers.v2_fhir.account import add_account
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key
from mappers.v2_fhir.patient import add_encounter, add_patient
from mappers.v2_fhir.source import SegmentText
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
    groups = by_patient(message.segments) or [[]]
    keys = [_map_patient(work, group, event, time) for group in groups]
    return work.finish(identifier, time, keys[0])


def by_patient(segments: Sequence[SegmentText]) -> list[list[SegmentText]]:
    """Return the segments of each PID with it; what comes before the first belongs to nobody."""
    groups: list[list[SegmentText]] = []
    for segment in segments:
        if segment.id == "PID":
            groups.append([])
        if groups:
            groups[-1].append(segment)
    return groups


def first(segments: Sequence[SegmentText], id: str) -> SegmentText | None:
    """Return the first segment of the id."""
    return next((one for one in segments if one.id == id), None)


def _map_patient(work: Work, group: list[SegmentText], event: str, time: str) -> Key:
    contacts = [one for one in group if one.id == "NK1"]
    key, patient = add_patient(work, first(group, "PID"), contacts, "merge")
    status = ACCOUNT_STATUS[event]
    stays = () if event == "P01" else ("inactive", "entered-in-error")
    account = add_account(work, group, key, patient, status=status, stays=stays)
    if not account and event in NEEDING:
        raise MapError("PID-18", "the message names no account; send its number in PID-18")
    if event in ENDING and time:
        period = work.entries[account].resource.setdefault("servicePeriod", {})
        if isinstance(period, dict):
            period.setdefault("end", time)
    add_visit(work, group, patient, account)
    return key


def add_visit(work: Work, group: Sequence[SegmentText], patient: str, account: str) -> str:
    """Add the visit that PV1 names and charge it to the account; empty for none.

    Its status is left alone, since an event of billing says nothing of it.
    """
    pv1 = first(group, "PV1")
    if pv1 is None:
        return ""
    visit = add_encounter(work, (pv1, first(group, "PV2")), patient, "merge")
    if visit and account:
        work.entries[visit].resource["account"] = [{"reference": account}]
    return visit
