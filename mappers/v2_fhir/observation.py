"""One OBX to an Observation: value, unit, range, absence and notes."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from mappers.path import JsonObject, JsonValue, read
from mappers.rule import Table, specialize
from mappers.v2_fhir.identity import code_key
from mappers.v2_fhir.segments.nte import NOTE
from mappers.v2_fhir.segments.obx import OBSERVATION, TYPED, UNIT, VALUE
from mappers.v2_fhir.source import DELETE, SegmentSource, SegmentText
from mappers.v2_fhir.value import absent
from mappers.v2_fhir.work import Work

MEASURED = ("value", "referenceRange", "component")
ABSENCE = {
    "registered": "temp-unknown",
    "preliminary": "temp-unknown",
    "cancelled": "not-performed",
}


def map_observation(work: Work, obx: SegmentText, notes: list[SegmentText]) -> JsonObject:
    """Return the Observation of an OBX, without subject and identity."""
    source = work.source(obx)
    observation: JsonObject = {"resourceType": "Observation"}
    work.run(OBSERVATION, source, observation)
    observation.setdefault("status", "unknown")
    observation.setdefault("code", {"text": "not named by the sender"})
    _add_value(work, source, observation)
    _add_units(work, source, observation)
    if not any(name.startswith(("value", "component")) for name in observation):
        observation["dataAbsentReason"] = absent(_absence(source, str(observation["status"])))
    note = note_of(work, notes)
    if note:
        observation["note"] = [note]
    return observation


def note_of(work: Work, notes: list[SegmentText]) -> JsonObject | None:
    """Return following NTE segments as one Annotation, a line each."""
    lines = [work.run(NOTE, work.source(segment)).get("text") for segment in notes]
    text = "\n".join(line for line in lines if isinstance(line, str))
    return {"text": text} if text else None


def observation_key(obx: SegmentText, observation: JsonObject, source: SegmentSource) -> str:
    """Return what tells an observation from its siblings in the same report.

    OBX-21 where sent, else code and sub-id: OBX-1 is not stable from preliminary to final.
    """
    instance = read(observation, "identifier[0].value") if obx.width >= 21 else []
    if instance:
        return f"OBX-21 {instance[0]}"
    return f"{code_key(observation)} {source.value('OBX-4')}"


def _add_value(work: Work, source: SegmentSource, observation: JsonObject) -> None:
    """Write the value; several repetitions of a typed value become components."""
    obx = source.segments["OBX"]
    count = len(obx.field(5))
    datatype = source.value("OBX-2")
    table = _value_table(datatype)
    if count < 2 or datatype not in TYPED:
        work.run(table, source, observation)
        return
    components: list[JsonValue] = []
    for repetition in range(1, count + 1):
        found = work.run(table, work.source(obx, only=(5, repetition)))
        if found:
            components.append({"code": observation["code"], **found})
    if components:
        observation["component"] = components


@lru_cache(maxsize=64)
def _value_table(datatype: str) -> Table:
    return specialize(VALUE, "OBX-2", datatype)


def _add_units(work: Work, source: SegmentSource, observation: JsonObject) -> None:
    """Write OBX-6 into every quantity of the observation; without one it stays unread."""
    quantities = [
        *_quantities({name: observation[name] for name in observation if name.startswith(MEASURED)})
    ]
    if not quantities or not source.texts("OBX-6"):
        return
    unit = work.run(UNIT, source)
    for quantity in quantities:
        quantity.update(unit)


def _quantities(tree: JsonValue) -> Iterator[JsonObject]:
    """Yield every object in the tree whose `value` is a number, but the denominator of a ratio."""
    if isinstance(tree, list):
        for item in tree:
            yield from _quantities(item)
    elif isinstance(tree, dict):
        if isinstance(tree.get("value"), Decimal):
            yield tree
            return
        for name, inner in tree.items():
            if isinstance(inner, (dict, list)) and name != "denominator":
                yield from _quantities(inner)


def _absence(source: SegmentSource, status: str) -> str:
    if source.value("OBX-11") == "N":
        return "not-asked"
    if any(text != DELETE for text in source.texts("OBX-5")):
        return "unsupported"
    return ABSENCE.get(status, "unknown")
