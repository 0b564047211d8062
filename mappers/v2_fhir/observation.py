"""One OBX to an Observation: value, unit, range, absence and notes."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from mappers.path import JsonObject, JsonValue, read
from mappers.rule import Table, specialize
from mappers.v2_fhir.identity import code_key
from mappers.v2_fhir.performer import WIDTH, contain_laboratory
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
    if obx.width >= WIDTH:
        contain_laboratory(work, source, observation)
    _add_value(work, source, observation)
    _add_units(work, source, observation)
    if not any(name.startswith(("value", "component")) for name in observation):
        observation["dataAbsentReason"] = absent(_absence(source, str(observation["status"])))
    found = notes_of(work, notes)
    if found:
        observation["note"] = found
    return observation


def note_of(work: Work, notes: list[SegmentText]) -> JsonObject | None:
    """Return following NTE segments as one text, for elements that hold no Annotations."""
    lines = [str(text) for one in notes_of(work, notes) for text in read(one, "text")]
    return {"text": "\n".join(lines)} if lines else None


def notes_of(work: Work, notes: list[SegmentText]) -> list[JsonValue]:
    """Return following NTE segments as Annotations: lines of one, until another writes or dates."""
    found: list[JsonObject] = []
    for segment in notes:
        one = work.run(NOTE, work.source(segment))
        text = one.pop("text", "")
        if found and all(found[-1].get(name) == value for name, value in one.items()):
            found[-1]["text"] = f"{found[-1]['text']}\n{text}" if text else found[-1]["text"]
        elif text:
            found.append(one | {"text": text})
    return list(found)


def observation_key(obx: SegmentText, observation: JsonObject) -> str:
    """Return what tells an observation from its siblings in the same report.

    OBX-21 where sent, else code and sub-id: OBX-1 is not stable from preliminary to final.
    """
    instance = read(observation, "identifier[0].value") if obx.width >= 21 else []
    if instance:
        return f"OBX-21 {instance[0]}"
    return f"{code_key(observation)} {sub_id(obx)}"


def sub_id(obx: SegmentText) -> str:
    """Return OBX-4 as text: `1`, `1.2`, or the parts of an OG with hyphens."""
    found = obx.field(4)
    return "-".join(part[0] for part in found[0]).strip("-").strip() if found else ""


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
