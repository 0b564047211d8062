"""Orders in: ORM^O01, OML^O21, O33 and O35, OMG^O19, and the answers ORL^O22 and ORR^O02.

One ServiceRequest an ORC and OBR, known by placer, filler or requisition number; ORC-1 says what
becomes of it, and what comes late takes nothing back. An OBX under an order is an answer given at
order entry: an Observation in supportingInfo. An answer of the filler (ORL, ORR) brings its order
numbers; what it refuses is a Task for a person.
"""

from collections.abc import Mapping, Sequence

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.account import add_account
from mappers.v2_fhir.bundle import Entry, MapError, Mapped
from mappers.v2_fhir.category import categorize
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key, chosen_key, code_key, stable_id
from mappers.v2_fhir.observation import map_observation, observation_key
from mappers.v2_fhir.order import Order, PatientGroup, group_results
from mappers.v2_fhir.oru_r01 import add_subject
from mappers.v2_fhir.psc import SERVICE_CENTRE, is_held
from mappers.v2_fhir.reason import add_reasons
from mappers.v2_fhir.segments.obx import DOCUMENTS
from mappers.v2_fhir.service_request import (
    ORDER_TYPES,
    add_request,
    is_numbered,
    listed,
    service_request,
)
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.specimen import add_specimens
from mappers.v2_fhir.task import task_entry
from mappers.v2_fhir.work import MessageText, Work, open_message

ORDER_EVENTS: Mapping[str, tuple[str, ...]] = {
    "ORM": ("O01",),
    "OML": ("O21", "O33", "O35"),
    "OMG": ("O19",),
}
ANSWER_EVENTS: Mapping[str, tuple[str, ...]] = {
    "ORL": ("O22", "O34", "O36"),
    "ORR": ("O02",),
    "ORG": ("O20",),
}
REPLACED = ("RP", "RQ", "RU")
"""Codes of ORC-1 of an order that another one of the message (RO) replaces."""
REPLACEMENT = "RO"
REFUSED = ("UA", "UC", "UD", "UF", "UH", "UM", "UR", "UX", "DE", "DF")
"""Codes of ORC-1 (table 0119) with which the filler does not do what was asked."""
FINANCIAL = ("IN1", "IN2", "IN3", "GT1")


def map_oml_o21(message: MessageText, feed: Feed) -> Mapped:
    """Map orders; raises MapError where the message names no patient or holds no order."""
    work, identifier, time = open_message(message, feed)
    groups = group_results(message.segments)
    if not any(group.orders for group in groups):
        raise MapError("ORC", "the message holds no order")
    keys = [_map_group(work, group, message.segments) for group in groups]
    return work.finish(identifier, time, keys[0])


def map_orl_o22(message: MessageText, feed: Feed) -> Mapped:
    """Map a filler's answer to orders; without a patient or an order it answers nothing here."""
    groups = group_results(message.segments)
    if any(group.pid is not None and group.orders for group in groups):
        return map_oml_o21(message, feed)
    raise MapError("PID", "the answer names no patient or no order; it is kept as it came")


def _map_group(work: Work, group: PatientGroup, segments: Sequence[SegmentText]) -> Key:
    key, shared = add_subject(work, group)
    coverages = _coverages(work, group, segments, key, shared)
    replaced: list[JsonValue] = []
    for at, order in enumerate(group.orders):
        url = _add_order(work, order, shared, (*key, str(at)), coverages, replaced)
        if url and work.source(order.orc).value("ORC-1") in REPLACED:
            replaced.append({"reference": url})
    return key


def _coverages(
    work: Work,
    group: PatientGroup,
    segments: Sequence[SegmentText],
    key: Key,
    shared: JsonObject,
) -> list[JsonValue]:
    """Add insurance and guarantors where they are sent; return references to the coverages."""
    financial = [one for one in segments if one.id in FINANCIAL]
    if not financial or group.pid is None:
        return []
    before = set(work.entries)
    patient = str(read(shared, "subject.reference")[0])
    add_account(work, [group.pid, *financial], key, patient, "create")
    return [
        {"reference": url}
        for url, entry in work.entries.items()
        if url not in before and entry.resource["resourceType"] == "Coverage"
    ]


def _add_order(
    work: Work,
    order: Order,
    shared: JsonObject,
    owner: tuple[str, ...],
    coverages: list[JsonValue],
    replaced: list[JsonValue],
) -> str:
    """Add one order with what is said of it; return the reference, empty without a number."""
    if not is_numbered(work, order):
        return ""
    source = work.source(order.orc, order.obr)
    control = source.value("ORC-1")
    request = service_request(work, order, shared)
    scope = _scope(request, owner)
    if is_held(work, order):
        request["locationCode"] = [*listed(request.get("locationCode")), dict(SERVICE_CENTRE)]
    specimens = add_specimens(work, order, shared, owner[:2], scope)
    reasons = add_reasons(work, order.named("DG1"), shared, scope)
    answers = _add_answers(work, order, shared, scope)
    told: dict[str, list[JsonValue]] = {
        "specimen": list(specimens),
        "reasonReference": reasons,
        "supportingInfo": answers,
        "insurance": coverages,
        "replaces": replaced if control == REPLACEMENT else [],
    }
    request |= {name: value for name, value in told.items() if value}
    url = add_request(work, request, "merge", control)
    if control in REFUSED:
        patient = str(read(shared, "subject.reference")[0])
        work.add(task_entry(work.feed, "refused-order", url, patient, control))
    return url


def _scope(request: JsonObject, owner: tuple[str, ...]) -> tuple[str, ...]:
    """Return the key of an order for what hangs on it: its number and code."""
    number = chosen_key(request, ORDER_TYPES)
    return (*(number or owner), code_key(request))


def _add_answers(
    work: Work, order: Order, shared: JsonObject, scope: tuple[str, ...]
) -> list[JsonValue]:
    """Add an Observation for each OBX under an order; return the references to them."""
    urls: list[JsonValue] = []
    seen: dict[str, int] = {}
    for noted in order.results:
        if work.source(noted.segment).value("OBX-2") in DOCUMENTS:
            continue
        answer = map_observation(work, noted.segment, noted.notes)
        categorize(answer, work.feed, asked=True)
        key = observation_key(noted.segment, answer)
        seen[key] = seen.get(key, 0) + 1
        answer |= shared
        id = stable_id(work.feed.name, "Observation", "order", *scope, key, str(seen[key]))
        answer["id"] = id
        work.add(Entry(answer, f"urn:uuid:{id}", f"Observation/{id}", "replace"))
        urls.append({"reference": f"Observation/{id}"})
    return urls
