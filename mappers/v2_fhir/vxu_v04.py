"""VXU^V04: vaccinations.

An Immunization a RXA, known by the filler's number, else by vaccine and day. A refusal (RXA-20 RE)
is not-done with its reason. Vaccine 998 says that nothing was given: its OBX are observations of
the patient, and no Immunization is made. What OBX tell of a dose by known codes (programme
eligibility, funding, information sheets) goes into it; any other is an Observation beside it.
"""

from collections.abc import Mapping, Sequence

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, MapError, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key, chosen_key, code_key, stable_id
from mappers.v2_fhir.observation import map_observation, notes_of, observation_key, sub_id
from mappers.v2_fhir.order import Noted, Order, group_results
from mappers.v2_fhir.oru_r01 import add_subject
from mappers.v2_fhir.segments.rxa import IMMUNIZATION
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import MessageText, Work, open_message

VACCINATION_EVENTS = ("V04",)
NOT_GIVEN = "998"
"""The CVX code of a record without a vaccination."""
CONCEPTS: Mapping[str, str] = {"64994-7": "programEligibility[]", "30963-3": "fundingSource"}
"""LOINC codes of OBX whose coded value is an element of the Immunization."""
EDUCATION: Mapping[str, tuple[str, str]] = {
    "69764-9": ("documentType", "valueCodeableConcept"),
    "29768-9": ("publicationDate", "valueDateTime"),
    "29769-7": ("presentationDate", "valueDateTime"),
}
"""LOINC codes of OBX about an information sheet; those of one sheet share their sub-id."""


def map_vxu_v04(message: MessageText, feed: Feed) -> Mapped:
    """Map vaccinations; raises MapError where the message names no patient or holds no RXA."""
    work, identifier, time = open_message(message, feed)
    groups = group_results(message.segments)
    if not any(order.named("RXA") for group in groups for order in group.orders):
        raise MapError("RXA", "the message holds no vaccination")
    keys: list[Key] = []
    for group in groups:
        key, shared = add_subject(work, group)
        keys.append(key)
        patient: JsonObject = {"subject": shared["subject"]}
        _add_observations(work, group.results, patient, ("patient", *key))
        for order in group.orders:
            _add_order(work, order, shared, key)
    return work.finish(identifier, time, keys[0])


def _add_order(work: Work, order: Order, shared: JsonObject, key: Key) -> None:
    doses = order.named("RXA")
    routes = order.named("RXR")
    for at, noted in enumerate(doses):
        route = routes[at].segment if at < len(routes) else None
        dose = order.results if at == 0 else []
        _add_dose(work, order, noted, route, dose, (shared, key))


def _add_dose(
    work: Work,
    order: Order,
    noted: Noted,
    route: SegmentText | None,
    results: Sequence[Noted],
    owner: tuple[JsonObject, Key],
) -> None:
    shared, key = owner
    source = work.source(order.orc, noted.segment, route)
    immunization: JsonObject = {"resourceType": "Immunization"}
    work.run(IMMUNIZATION, source, immunization)
    codes = read(immunization, "vaccineCode.coding.code")
    number = chosen_key(immunization, ("FILL", "PLAC"))
    when = str(immunization.get("occurrenceDateTime", ""))[:10]
    vaccine = code_key({"code": immunization.get("vaccineCode")})
    own = number or (*key, vaccine, when)
    if NOT_GIVEN in codes:
        subject: JsonObject = {"subject": shared["subject"]}
        _add_observations(work, results, subject, ("record", *own))
        return
    immunization["id"] = stable_id(work.feed.name, "Immunization", *own)
    _complete(immunization, shared)
    url = f"Immunization/{immunization['id']}"
    others = _tell(work, results, immunization)
    notes = notes_of(work, [*order.order_notes, *noted.notes])
    if notes:
        immunization["note"] = notes
    work.add(Entry(immunization, f"urn:uuid:{immunization['id']}", url, "replace"))
    part: JsonObject = {"subject": shared["subject"], "partOf": [{"reference": url}]}
    _add_observations(work, others, part, ("dose", *own))


def _complete(immunization: JsonObject, shared: JsonObject) -> None:
    """Write the patient and what R4 requires where the message leaves it out."""
    immunization["patient"] = shared["subject"]
    if "encounter" in shared:
        immunization["encounter"] = shared["encounter"]
    immunization.setdefault("vaccineCode", {"text": "not named by the sender"})
    immunization.setdefault("status", "completed")
    if "occurrenceDateTime" not in immunization:
        immunization["occurrenceString"] = "not known"


def _tell(work: Work, results: Sequence[Noted], immunization: JsonObject) -> list[Noted]:
    """Write what OBX tell of the dose; return those that are observations of their own."""
    others: list[Noted] = []
    sheets: dict[str, JsonObject] = {}
    for noted in results:
        code = work.source(noted.segment).value("OBX-3")
        if code not in CONCEPTS and code not in EDUCATION:
            others.append(noted)
            continue
        found = map_observation(work, noted.segment, noted.notes)
        if code in CONCEPTS:
            _write_concept(immunization, CONCEPTS[code], found)
        else:
            name, member = EDUCATION[code]
            value = _text(found[member]) if member in found else None
            if value:
                sheets.setdefault(sub_id(noted.segment), {})[name] = value
    shown: list[JsonValue] = [one for one in sheets.values() if "documentType" in one]
    if shown:
        immunization["education"] = shown
    return others


def _write_concept(immunization: JsonObject, path: str, found: JsonObject) -> None:
    concept = found.get("valueCodeableConcept") or _worded(found)
    if not concept:
        return
    name, repeats, _ = path.partition("[")
    immunization[name] = [concept] if repeats else concept


def _worded(found: JsonObject) -> JsonValue:
    text = found.get("valueString")
    return {"text": text} if text else None


def _text(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return next(iter((*read(value, "coding.code"), *read(value, "text"))), None)
    return value


def _add_observations(
    work: Work, results: Sequence[Noted], shared: JsonObject, key: tuple[str, ...]
) -> None:
    """Add an Observation for each OBX."""
    seen: dict[str, int] = {}
    for noted in results:
        observation = map_observation(work, noted.segment, noted.notes)
        own = observation_key(noted.segment, observation)
        seen[own] = seen.get(own, 0) + 1
        observation |= shared
        id = stable_id(work.feed.name, "Observation", *key, own, str(seen[own]))
        observation["id"] = id
        work.add(Entry(observation, f"urn:uuid:{id}", f"Observation/{id}", "replace"))
