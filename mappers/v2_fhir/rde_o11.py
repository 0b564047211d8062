"""RDE^O11 (and O25, OMP^O09): medication orders; RAS^O17: what of them was given.

A MedicationRequest an ORC with RXO or RXE, known by its numbers as orders are. A
MedicationAdministration a RXA: the amounts given, when, by whom, and the order in `request`.
"""

from collections.abc import Mapping

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, MapError, Mapped, Mode
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key, chosen_key, code_key, identifier_query, stable_id
from mappers.v2_fhir.observation import map_observation, notes_of, observation_key
from mappers.v2_fhir.order import Noted, Order, group_results
from mappers.v2_fhir.oru_r01 import add_subject
from mappers.v2_fhir.segments.rxa import ADMINISTRATION
from mappers.v2_fhir.segments.rxe import COMPONENT, MEDICATION_REQUEST
from mappers.v2_fhir.service_request import ORDER_TYPES, other_numbers
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import MessageText, Work, open_message

MEDICATION_EVENTS: Mapping[str, tuple[str, ...]] = {
    "RDE": ("O11", "O25"),
    "OMP": ("O09",),
    "RAS": ("O17",),
}
STAYS: Mapping[str, tuple[str, ...]] = {
    "active": ("completed", "stopped", "cancelled", "entered-in-error"),
    "on-hold": ("completed", "stopped", "cancelled", "entered-in-error"),
    "stopped": ("completed", "entered-in-error"),
    "cancelled": ("completed", "entered-in-error"),
    "completed": ("entered-in-error",),
}
"""The stored states an order does not leave for the new one: what comes late takes nothing back."""


def map_rde_o11(message: MessageText, feed: Feed) -> Mapped:
    """Map medication orders and administrations; raises MapError where there is no patient."""
    work, identifier, time = open_message(message, feed)
    groups = group_results(message.segments)
    if not any(order.named("RXO", "RXE", "RXA") for group in groups for order in group.orders):
        raise MapError("RXE", "the message holds no medication")
    keys: list[Key] = []
    for group in groups:
        key, shared = add_subject(work, group)
        keys.append(key)
        for at, order in enumerate(group.orders):
            request = _add_request(work, order, shared)
            for noted in order.named("RXA"):
                _add_administration(work, order, noted, shared, request, (*key, str(at)))
    return work.finish(identifier, time, keys[0])


def _first(order: Order, *ids: str) -> SegmentText | None:
    return next((one.segment for one in order.named(*ids)), None)


def _add_request(work: Work, order: Order, shared: JsonObject) -> JsonObject:
    """Add the order where it is told; return the reference to it, empty where it has no number."""
    parts = [_first(order, id) for id in ("RXO", "RXE", "RXR", "TQ1")]
    source = work.source(order.orc, *parts)
    request: JsonObject = {"resourceType": "MedicationRequest"}
    if not order.named("RXO", "RXE"):
        if order.orc is None:
            return {}
        identifiers = read(work.run(MEDICATION_REQUEST, work.source(order.orc)), "identifier")
        return {"type": "MedicationRequest", "identifier": identifiers[0]} if identifiers else {}
    work.run(MEDICATION_REQUEST, source, request)
    _add_components(work, order, request)
    request.setdefault("status", "unknown")
    request.setdefault("medicationCodeableConcept", {"text": "not named by the sender"})
    if "medicationReference" in request:
        del request["medicationCodeableConcept"]
    key = chosen_key(request, ORDER_TYPES)
    notes = notes_of(work, [*order.order_notes, *_notes(order, "RXO", "RXE")])
    if notes:
        known = request.get("note")
        request["note"] = [*(known if isinstance(known, list) else []), *notes]
    request |= shared
    if key is None:
        return {}
    mode: Mode = "create" if order.named("RXA") else "merge"
    return {"reference": _put_request(work, request, key, mode)}


def _notes(order: Order, *ids: str) -> list[SegmentText]:
    return [note for one in order.named(*ids) for note in one.notes]


def _put_request(work: Work, request: JsonObject, key: Key, mode: Mode) -> str:
    url = f"urn:uuid:{stable_id(work.feed.name, 'MedicationRequest', *key)}"
    status = str(request["status"])
    work.add(
        Entry(
            request,
            url,
            "MedicationRequest",
            mode,
            identifier_query(key),
            defaults=("status",) if status == "unknown" else (),
            stays=STAYS.get(status, ()),
            others=other_numbers(request, key),
        )
    )
    return url


def _add_components(work: Work, order: Order, request: JsonObject) -> None:
    """Write what is compounded of RXC as a contained Medication."""
    found = [work.run(COMPONENT, work.source(one.segment)) for one in order.named("RXC")]
    parts: list[JsonValue] = [one for one in found if "itemCodeableConcept" in one]
    if not parts:
        return
    medication: JsonObject = {"resourceType": "Medication", "id": "medication"}
    if "medicationCodeableConcept" in request:
        medication["code"] = request["medicationCodeableConcept"]
    request["contained"] = [medication | {"ingredient": parts}]
    request["medicationReference"] = {"reference": "#medication"}


def _add_administration(
    work: Work,
    order: Order,
    noted: Noted,
    shared: JsonObject,
    request: JsonObject,
    owner: tuple[str, ...],
) -> None:
    """Add what was given."""
    source = work.source(order.orc, noted.segment, _first(order, "RXR"))
    given: JsonObject = {"resourceType": "MedicationAdministration"}
    work.run(ADMINISTRATION, source, given)
    given.setdefault("status", "unknown")
    given.setdefault("medicationCodeableConcept", {"text": "not named by the sender"})
    _settle_dose(given)
    if "effectiveDateTime" not in given and "effectivePeriod" not in given:
        given["_effectiveDateTime"] = {"extension": [_unknown()]}
    given["subject"] = shared["subject"]
    if "encounter" in shared:
        given["context"] = shared["encounter"]
    if request:
        given["request"] = request
    notes = notes_of(work, noted.notes)
    if notes:
        known = given.get("note")
        given["note"] = [*(known if isinstance(known, list) else []), *notes]
    number = _number(request, work) or owner
    moments = source.texts("RXA-3")
    code = code_key({"code": given["medicationCodeableConcept"]})
    key = (*number, source.value("RXA-2"), next(iter(moments), ""), code)
    given["id"] = stable_id(work.feed.name, "MedicationAdministration", *key)
    url = f"MedicationAdministration/{given['id']}"
    work.add(Entry(given, f"urn:uuid:{given['id']}", url, "replace"))
    _add_observations(work, order, url, shared, key)


def _unknown() -> JsonObject:
    url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    return {"url": url, "valueCode": "unknown"}


def _settle_dose(given: JsonObject) -> None:
    """Take away a dosage of which only a unit is known: R4 wants an amount or a rate."""
    dosage = given.get("dosage")
    if not isinstance(dosage, dict):
        return
    dose = dosage.get("dose")
    if isinstance(dose, dict) and "value" not in dose:
        del dosage["dose"]
    if "dose" not in dosage and "text" not in dosage:
        dosage["text"] = "the amount is not known"


def _number(request: JsonObject, work: Work) -> tuple[str, ...] | None:
    """Return the number of the order that was given."""
    url = str(request.get("reference", ""))
    if url in work.entries:
        return chosen_key(work.entries[url].resource, ORDER_TYPES)
    found = [
        str(one) for name in ("system", "value") for one in read(request, f"identifier.{name}")
    ]
    return tuple(found) or None


def _add_observations(
    work: Work, order: Order, url: str, shared: JsonObject, key: tuple[str, ...]
) -> None:
    """Add what was observed with what was given."""
    seen: dict[str, int] = {}
    for noted in order.results:
        observation = map_observation(work, noted.segment, noted.notes)
        own = observation_key(noted.segment, observation)
        seen[own] = seen.get(own, 0) + 1
        observation |= shared | {"partOf": [{"reference": url}]}
        id = stable_id(work.feed.name, "Observation", *key, own, str(seen[own]))
        observation["id"] = id
        work.add(Entry(observation, f"urn:uuid:{id}", f"Observation/{id}", "replace"))
