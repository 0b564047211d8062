"""One ORC and OBR with what follows to a DiagnosticReport and all that belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, MapError
from mappers.v2_fhir.category import categorize
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.document import add_documents
from mappers.v2_fhir.identity import chosen_key, code_key, stable_id
from mappers.v2_fhir.observation import map_observation, notes_of, observation_key, sub_id
from mappers.v2_fhir.order import Noted, Order
from mappers.v2_fhir.panel import Member, attach_children, group_of, shared_groups
from mappers.v2_fhir.performer import laboratories_of
from mappers.v2_fhir.segments.obr import DIAGNOSTIC_REPORT
from mappers.v2_fhir.segments.obx import DOCUMENTS
from mappers.v2_fhir.service_request import add_request, is_numbered, listed, service_request
from mappers.v2_fhir.source import SegmentSource
from mappers.v2_fhir.specimen import add_specimens, specimen_at
from mappers.v2_fhir.task import task_entry
from mappers.v2_fhir.work import Work

REPORT_NOTE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note"
REPORT_TYPES = ("FILL", "PLAC")
NO_MATCH = ("Y", "Z")
CRITICAL = frozenset(("HH", "LL", "AA", ">", "<"))
"""Codes of OBX-8 (table 0078) that a person must hear of now."""
WITHDRAWN = "W"
TAKEN_BACK = ("cancelled", "entered-in-error")
SHARED_TIMES = ("effectiveDateTime", "effectivePeriod")


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that was added, with its order and its observations."""

    order: Order
    report: JsonObject
    members: tuple[Member, ...]


def add_report(
    work: Work,
    order: Order,
    shared: JsonObject,
    owner: tuple[str, ...],
    seen: dict[tuple[str, ...], int],
) -> Filed:
    """Add the report of one ORC and OBR with all that belongs to it.

    `owner` is the key of the patient and the time of the event, `seen` counts the reports of the
    message by their key. Raises MapError where the sender says that it knows no such order.
    """
    source = work.source(order.orc, order.obr)
    if source.value("OBR-25") in NO_MATCH:
        raise MapError("OBR-25", "the sender found no such order or patient")
    report: JsonObject = {"resourceType": "DiagnosticReport"}
    work.run(DIAGNOSTIC_REPORT, source, report)
    report.setdefault("status", "unknown")
    report.setdefault("code", {"text": "not named by the sender"})
    key = report_key(report, owner)
    seen[key] = seen.get(key, 0) + 1
    key = (*key, str(seen[key]))
    report["id"] = stable_id(work.feed.name, "DiagnosticReport", *key)
    report |= shared
    if is_numbered(work, order):
        request = add_request(work, service_request(work, order, shared), "create")
        report["basedOn"] = [{"reference": request}]
    specimens = add_specimens(work, order, shared, owner[:2], key)
    if specimens:
        report["specimen"] = list(specimens)
    members = _add_results(work, order, report, shared, specimens)
    forms = add_documents(work, _documents(work, order), report, shared)
    if forms:
        report["presentedForm"] = forms
    _finish_report(work, order, report, members)
    _ask_for_specimens(work, order, report)
    return Filed(order, report, tuple(members))


def report_key(report: JsonObject, owner: tuple[str, ...]) -> tuple[str, ...]:
    """Filler (else placer) number and code; without a number, the patient and the time too."""
    number = chosen_key(report, REPORT_TYPES)
    if number is not None:
        return (*number, code_key(report))
    effective = report.get("effectiveDateTime")
    return (*owner[:2], code_key(report), str(effective or owner[-1]))


def _documents(work: Work, order: Order) -> list[Noted]:
    return [one for one in order.results if work.source(one.segment).value("OBX-2") in DOCUMENTS]


def _add_results(
    work: Work,
    order: Order,
    report: JsonObject,
    shared: JsonObject,
    specimens: list[JsonObject],
) -> list[Member]:
    """Add an Observation for each OBX that is no document, and for each group of them."""
    members: list[Member] = []
    results: list[JsonValue] = []
    seen: dict[str, int] = {}
    for noted in order.results:
        source = work.source(noted.segment)
        if source.value("OBX-2") in DOCUMENTS:
            continue
        observation = map_observation(work, noted.segment, noted.notes)
        key = observation_key(noted.segment, observation)
        seen[key] = seen.get(key, 0) + 1
        is_finding = categorize(observation, work.feed)
        _complete(observation, report, shared, specimen_at(specimens, noted.specimens))
        url = _put(work, observation, (str(report["id"]), key, str(seen[key])))
        members.append(Member(observation, sub_id(noted.segment), url))
        if is_finding:
            results.append({"reference": url})
        _alert(work, source, observation, url)
    results += _add_groups(work, members, report, shared)
    if results:
        report["result"] = results
    return members


def _add_groups(
    work: Work, members: list[Member], report: JsonObject, shared: JsonObject
) -> list[JsonValue]:
    """Link what OBX-4 holds together; return the references to the groups that were added."""
    if not any(member.sub_id for member in members):
        return []
    attach_children(members)
    urls: list[JsonValue] = []
    for name, found in shared_groups(members).items():
        group = group_of(found, report["code"])
        categorize(group, work.feed)
        _complete(group, report, shared, found[0].observation.get("specimen"))
        urls.append({"reference": _put(work, group, (str(report["id"]), "group", name))})
    return urls


def _complete(
    observation: JsonObject, report: JsonObject, shared: JsonObject, specimen: JsonValue
) -> None:
    """Give an observation what it shares with its report."""
    observation |= shared
    if "basedOn" in report:
        observation["basedOn"] = report["basedOn"]
    if specimen:
        observation["specimen"] = specimen
    if "issued" in report:
        observation["issued"] = report["issued"]
    if "effectiveDateTime" in observation:
        return
    for name in SHARED_TIMES:
        if name in report:
            observation[name] = report[name]


def _alert(work: Work, source: SegmentSource, observation: JsonObject, url: str) -> None:
    """Leave a Task where a value is critical or a result is taken back as another patient's."""
    patient = str(read(observation, "subject.reference")[0])
    if source.value("OBX-11") == WITHDRAWN:
        work.add(task_entry(work.feed, "withdrawn-result", url, patient))
    if observation["status"] in TAKEN_BACK or "interpretation" not in observation:
        return
    flags = CRITICAL.intersection(source.texts("OBX-8"))
    if flags:
        part = "|".join((*sorted(flags), *source.texts("OBX-5")))
        work.add(task_entry(work.feed, "critical-result", url, patient, part))


def _ask_for_specimens(work: Work, order: Order, report: JsonObject) -> None:
    """Leave a Task for each specimen the laboratory rejected."""
    patient = str(read(report, "subject.reference")[0])
    urls = read(report, "specimen.reference")
    for noted, url in zip(order.specimens, urls, strict=False):
        if any(work.source(noted.segment).texts("SPM-21")):
            work.add(task_entry(work.feed, "repeat-specimen", str(url), patient))


def _finish_report(work: Work, order: Order, report: JsonObject, members: list[Member]) -> None:
    """Add the report with its category, its laboratories and its notes."""
    category: JsonObject = {"coding": [{"system": f"{TERMINOLOGY}/v2-0074", "code": "LAB"}]}
    report.setdefault("category", [category])
    contained, performers = laboratories_of([one.observation for one in members])
    if contained:
        report["contained"] = contained
    if performers:
        report["performer"] = [*listed(report.get("performer")), *performers]
    notes: list[JsonValue] = [
        {"url": REPORT_NOTE, "valueAnnotation": note} for note in notes_of(work, order.notes)
    ]
    if notes:
        report["extension"] = notes
    url = f"urn:uuid:{report['id']}"
    work.add(Entry(report, url, f"DiagnosticReport/{report['id']}", "replace"))


def _put(work: Work, observation: JsonObject, key: tuple[str, ...]) -> str:
    """Add an observation at the id of its key."""
    observation["id"] = stable_id(work.feed.name, "Observation", *key)
    url = f"Observation/{observation['id']}"
    work.add(Entry(observation, f"urn:uuid:{observation['id']}", url, "replace"))
    return url


def by_number(filed: list[Filed]) -> Mapping[tuple[str, str], list[Filed]]:
    """Return the reports by each of their order numbers."""
    found: dict[tuple[str, str], list[Filed]] = {}
    for one in filed:
        for identifier in read(one.report, "identifier"):
            if isinstance(identifier, dict):
                number = (str(identifier.get("system")), str(identifier.get("value")))
                found.setdefault(number, []).append(one)
    return found
