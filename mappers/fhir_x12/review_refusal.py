"""AAA of a review: why a request was not answered, by loop and reason, and what to mend.

Reason codes of data element 901 as a review (X217, X215) gives them; the words are ours.
"""

from collections.abc import Iterator, Mapping, Sequence

from mappers.fhir_x12 import pas
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.review_reason import LEVELS, REASONS, Level, Reason
from mappers.fhir_x12.review_table import REFUSAL
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import Notes
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.tree import LoopNode, Seg

_BY_CODE = {one.code: one for one in REASONS}


_RUN = LoopRun(REFUSAL)


_REASON = getter(pas.code("901", "code"))


_ELEMENT = getter(f"{pas.extension('errorElement')}.valueString")


_SPLIT = {"2010F": "2010FA"}


def refusals(loop: LoopNode, item: int | None = None) -> Iterator[JsonObject]:
    """Yield the errors of a loop: ClaimResponse.error, each with its X12 and its FHIR place."""
    subject: JsonObject = {}
    _RUN.read(list(loop.every("AAA")), subject)
    for one in read(subject, "error"):
        if isinstance(one, dict):
            yield _placed(one, loop.id, item)


def _placed(error: JsonObject, loop: str, item: int | None) -> JsonObject:
    code = _REASON(error)
    reason = _BY_CODE.get(str(code), Reason(str(code or ""), ""))
    place, path = place_of(loop, reason)
    if item is not None:
        path = path.replace("Claim.item", f"Claim.item[{item - 1}]")
    extensions: list[JsonValue] = [
        *read(error, "extension"),
        {"url": pas.url("errorElement"), "valueString": place},
        {"url": pas.url("errorPath"), "valueString": path},
    ]
    if error.get("valid") == "Y":
        extensions.append({"url": VALID, "valueBoolean": True})
    concept = error.get("code")
    coded = {**concept} if isinstance(concept, dict) else {}
    if reason.words:
        coded["text"] = reason.words
    made: JsonObject = {"extension": extensions, "code": coded or {"text": "no reason is given"}}
    return {"itemSequence": item, **made} if item is not None else made


VALID = "https://parity.example/fhir/StructureDefinition/review-request-valid"
"""AAA01 Y: the request itself was right, the reason lies with the payer."""


def place_of(loop: str, reason: Reason) -> tuple[str, str]:
    """Return the X12 element and the FHIRPath a reason speaks of in a loop."""
    level = LEVELS.get(_SPLIT.get(loop, loop), Level("Claim", {}))
    element, part = level.parts.get(reason.part, ("", ""))
    path = f"{level.element}.{part}" if part else level.element
    return f"{loop} {element}" if element else loop, path


def refused(errors: Sequence[JsonValue]) -> Mapping[tuple[str, int], list[Seg]]:
    """Return the AAA of each loop (and item, 0 for none) that errors speak of."""
    made: dict[tuple[str, int], list[Seg]] = {}
    for one in errors:
        if not isinstance(one, dict):
            continue
        loop = str(_ELEMENT(one) or "2000E").partition(" ")[0]
        item = one.get("itemSequence")
        is_valid = read(one, f"extension[url={VALID}].valueBoolean") == [True]
        subject: JsonObject = {"error": [{**one, "valid": "Y" if is_valid else "N"}]}
        number = item if isinstance(item, int) else 0
        made.setdefault((loop, number), []).extend(_RUN.write(subject, Notes(loop, "", [])))
    return made
