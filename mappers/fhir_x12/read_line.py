"""What stands under a service line: drugs, places, forms."""

from mappers.fhir_x12 import line_table
from mappers.fhir_x12.claim_kind import Kind
from mappers.fhir_x12.fill import put
from mappers.fhir_x12.read_party import Reading, read_place
from mappers.fhir_x12.registry import concept, refer
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.system import DATA_ABSENT, EXTENSION, extension
from mappers.path import JsonObject, JsonValue
from mappers.x12.tree import LoopNode

_DRUG, _FORM = LoopRun(line_table.DRUG), LoopRun(line_table.FORM_LOOP)
_PLACES = {"77": "line-facility", "PW": "ambulance-pick-up", "45": "ambulance-drop-off"}


def under_line(loop: LoopNode, item: JsonObject, kind: Kind, reading: Reading) -> None:
    """Take the drugs, places and forms of a line into the item."""
    details = [_drug(one, number, reading) for number, one in enumerate(loop.each("2410"), 1)]
    if details:
        item["detail"] = list[JsonValue](details)
    for code, run in kind.line_places.items():
        found = loop.child(run.spec.id)
        if found is not None:
            place = refer(reading.registry.add(read_place(found, reading, run)))
            put(item, f"{extension(_PLACES[code])}.valueReference", place)
    for one in loop.each("2440"):
        form: JsonObject = {}
        reading.take(_FORM, one.segments, form)
        listed = item.setdefault("extension", [])
        if isinstance(listed, list):
            listed.append({"url": f"{EXTENSION}/form", **form})


def _drug(loop: LoopNode, number: int, reading: Reading) -> JsonObject:
    detail: JsonObject = {"sequence": number}
    reading.take(_DRUG, loop.segments, detail)
    if "productOrService" not in detail:
        detail["productOrService"] = concept(DATA_ABSENT, "not-applicable")
    return detail
