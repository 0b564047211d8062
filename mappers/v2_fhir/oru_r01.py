"""ORU^R01: laboratory results.

Patient by identifier (made where none is known), ServiceRequest by placer or filler number (made
where no such order is known), Encounter by visit number; DiagnosticReport, Observation and
Specimen at ids that are functions of the feed and their key. A document in OBX-5 (ED) becomes
presentedForm of its report.
"""

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.bundle import Entry, MapError, Mapped
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key, chosen_key, code_key, identifier_query, stable_id
from mappers.v2_fhir.observation import map_observation, note_of, observation_key
from mappers.v2_fhir.order import Order, PatientGroup, group_results
from mappers.v2_fhir.patient import add_encounter, add_patient
from mappers.v2_fhir.segments.obr import DIAGNOSTIC_REPORT, SERVICE_REQUEST
from mappers.v2_fhir.segments.obx import DOCUMENTS, PRESENTED_FORM
from mappers.v2_fhir.segments.spm import SPECIMEN
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import MessageText, Work, open_message

REPORT_NOTE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note"
LABORATORY: JsonObject = {
    "coding": [{"system": f"{TERMINOLOGY}/observation-category", "code": "laboratory"}]
}
ORDER_TYPES = ("PLAC", "FILL")
REPORT_TYPES = ("FILL", "PLAC")
NO_MATCH = ("Y", "Z")


def map_oru_r01(message: MessageText, feed: Feed) -> Mapped:
    """Map a result message; raises MapError where it names no patient or holds no order."""
    work, identifier, time = open_message(message, feed)
    groups = group_results(message.segments)
    if not any(group.orders for group in groups):
        raise MapError("OBR", "the message holds no report")
    keys = [_map_group(work, group, time) for group in groups]
    return work.finish(identifier, time, keys[0])


def _map_group(work: Work, group: PatientGroup, time: str) -> Key:
    key, patient = add_patient(work, group.pid, group.contacts, "create")
    shared: JsonObject = {"subject": {"reference": patient}}
    if group.pv1 is not None:
        visit = add_encounter(work, (group.pv1, group.pv2), patient, "create")
        if visit:
            shared["encounter"] = {"reference": visit}
    seen: dict[tuple[str, ...], int] = {}
    for order in group.orders:
        if order.obr is not None:
            _map_order(work, order, shared, (*key, time), seen)
    return key


def _map_order(
    work: Work,
    order: Order,
    shared: JsonObject,
    owner: tuple[str, ...],
    seen: dict[tuple[str, ...], int],
) -> None:
    """Add the report of one ORC and OBR with all that belongs to it."""
    source = work.source(order.orc, order.obr)
    if source.value("OBR-25") in NO_MATCH:
        raise MapError("OBR-25", "the sender found no such order or patient")
    report: JsonObject = {"resourceType": "DiagnosticReport"}
    work.run(DIAGNOSTIC_REPORT, source, report)
    report.setdefault("status", "unknown")
    report.setdefault("code", {"text": "not named by the sender"})
    key = _report_key(report, owner)
    seen[key] = seen.get(key, 0) + 1
    key = (*key, str(seen[key]))
    report["id"] = stable_id(work.feed.name, "DiagnosticReport", *key)
    report |= shared
    request = _add_request(work, order, shared)
    if request:
        report["basedOn"] = [{"reference": request}]
    specimens = [
        _add_specimen(work, noted.segment, noted.notes, shared, owner[:2], (*key, str(at)))
        for at, noted in enumerate(order.specimens)
    ]
    if specimens:
        report["specimen"] = list(specimens)
    _add_results(work, order, report, shared)
    _finish_report(work, order, report)


def _report_key(report: JsonObject, owner: tuple[str, ...]) -> tuple[str, ...]:
    """Filler (else placer) number and code; without a number, the patient and the time too."""
    number = chosen_key(report, REPORT_TYPES)
    if number is not None:
        return (*number, code_key(report))
    effective = report.get("effectiveDateTime")
    return (*owner[:2], code_key(report), str(effective or owner[-1]))


def _add_request(work: Work, order: Order, shared: JsonObject) -> str:
    """Add the order where an order number is sent; return the reference to it."""
    source = work.source(order.orc, order.obr)
    if not any(source.texts(path) for path in ("ORC-2", "OBR-2", "ORC-3", "OBR-3")):
        return ""
    request: JsonObject = {"resourceType": "ServiceRequest"}
    work.run(SERVICE_REQUEST, source, request)
    request.setdefault("status", "unknown")
    key = chosen_key(request, ORDER_TYPES)
    note = note_of(work, order.order_notes)
    request |= shared | ({"note": [note]} if note else {})
    if key is None:
        return ""
    url = f"urn:uuid:{stable_id(work.feed.name, 'ServiceRequest', *key)}"
    work.add(Entry(request, url, "ServiceRequest", "create", identifier_query(key)))
    return url


def _add_specimen(
    work: Work,
    spm: SegmentText,
    notes: list[SegmentText],
    shared: JsonObject,
    patient: tuple[str, ...],
    fallback: tuple[str, ...],
) -> JsonValue:
    """Add a Specimen, scoped by its patient; return the reference to it."""
    specimen: JsonObject = {"resourceType": "Specimen"}
    work.run(SPECIMEN, work.source(spm), specimen)
    number = chosen_key(specimen, ("FILL", "PLAC"))
    accession = specimen.get("accessionIdentifier")
    if number is None and isinstance(accession, dict):
        number = (str(accession["system"]), str(accession["value"]))
    key = (*patient, *number) if number else fallback
    note = note_of(work, notes)
    if note:
        existing = specimen.get("note")
        specimen["note"] = [*(existing if isinstance(existing, list) else []), note]
    specimen["subject"] = shared["subject"]
    reference: JsonValue = {"reference": _put(work, "Specimen", specimen, key)}
    return reference


def _add_results(work: Work, order: Order, report: JsonObject, shared: JsonObject) -> None:
    """Add an Observation for each OBX, or a document to the report."""
    results: list[JsonValue] = []
    forms: list[JsonValue] = []
    seen: dict[str, int] = {}
    for noted in order.results:
        source = work.source(noted.segment)
        if source.value("OBX-2") in DOCUMENTS:
            form = work.run(PRESENTED_FORM, source)
            forms += [form] if "data" in form else []
            continue
        observation = map_observation(work, noted.segment, noted.notes)
        key = observation_key(noted.segment, observation, source)
        seen[key] = seen.get(key, 0) + 1
        _complete(observation, report, shared)
        url = _put(work, "Observation", observation, (str(report["id"]), key, str(seen[key])))
        results.append({"reference": url})
    if results:
        report["result"] = results
    if forms:
        report["presentedForm"] = forms


def _complete(observation: JsonObject, report: JsonObject, shared: JsonObject) -> None:
    """Give an observation what it shares with its report."""
    observation["category"] = [LABORATORY]
    observation |= shared
    if "basedOn" in report:
        observation["basedOn"] = report["basedOn"]
    specimens = report.get("specimen")
    if isinstance(specimens, list) and len(specimens) == 1:
        observation["specimen"] = specimens[0]
    if "effectiveDateTime" in observation:
        return
    for name in ("effectiveDateTime", "effectivePeriod"):
        if name in report:
            observation[name] = report[name]


def _finish_report(work: Work, order: Order, report: JsonObject) -> None:
    """Add the report with its category and notes."""
    category: JsonObject = {"coding": [{"system": f"{TERMINOLOGY}/v2-0074", "code": "LAB"}]}
    report.setdefault("category", [category])
    note = note_of(work, order.notes)
    if note:
        report["extension"] = [{"url": REPORT_NOTE, "valueAnnotation": note}]
    url = f"urn:uuid:{report['id']}"
    work.add(Entry(report, url, f"DiagnosticReport/{report['id']}", "replace"))


def _put(work: Work, type: str, resource: JsonObject, key: tuple[str, ...]) -> str:
    """Add a resource at the id of its key; a specimen sent twice is added once."""
    resource["id"] = stable_id(work.feed.name, type, *key)
    url = f"{type}/{resource['id']}"
    work.add(Entry(resource, f"urn:uuid:{resource['id']}", url, "replace"))
    return url
