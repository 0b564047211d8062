"""ORU^R01 and R03: laboratory results.

Patient by identifier (made where none is known), ServiceRequest by placer, filler or requisition
number (made where no such order is known), Encounter by visit number; DiagnosticReport,
Observation, Specimen and DocumentReference at ids that are functions of the feed and their key.
"""

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key
from mappers.v2_fhir.order import PatientGroup, group_results
from mappers.v2_fhir.parent import link_parents
from mappers.v2_fhir.patient import add_encounter, add_patient
from mappers.v2_fhir.report import add_report
from mappers.v2_fhir.work import MessageText, Work, open_message

EVENTS = ("R01", "R03")


def map_oru_r01(message: MessageText, feed: Feed) -> Mapped:
    """Map a result message; raises MapError where it names no patient or holds no order."""
    work, identifier, time = open_message(message, feed)
    groups = group_results(message.segments)
    if not any(group.orders for group in groups):
        raise MapError("OBR", "the message holds no report")
    keys = [_map_group(work, group, time) for group in groups]
    return work.finish(identifier, time, keys[0])


def _map_group(work: Work, group: PatientGroup, time: str) -> Key:
    key, shared = add_subject(work, group)
    seen: dict[tuple[str, ...], int] = {}
    filed = [
        add_report(work, order, shared, (*key, time), seen)
        for order in group.orders
        if order.obr is not None
    ]
    link_parents(work, filed)
    return key


def add_subject(work: Work, group: PatientGroup) -> tuple[Key, JsonObject]:
    """Add the patient and the visit; return the patient's key and what resources share of them."""
    key, patient = add_patient(work, group.pid, group.contacts, "create")
    subject: JsonValue = {"reference": patient}
    shared: JsonObject = {"subject": subject}
    if group.pv1 is not None:
        visit = add_encounter(work, (group.pv1, group.pv2), patient, "create")
        if visit:
            shared["encounter"] = {"reference": visit}
    return key, shared
