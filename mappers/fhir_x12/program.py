"""Programs of care on a facility bill: what Medicare asks for and the Claim may leave unsaid.

The programs (intensive outpatient, partial hospitalization, residential) are a dated table shared
with the rules that judge a text: `mappers.x12.rules.behavioral_table`.
"""

from collections.abc import Iterator

from mappers.fhir_x12.claim_kind import Kind
from mappers.fhir_x12.form import FORMS
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.registry import concept
from mappers.fhir_x12.system import NUBC, OWN_INFORMATION, REVENUE
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.rules.behavioral_table import PROGRAMS, Program

MEDICARE = frozenset({"MA", "MB"})
_FILING = FORMS["coverage-type"]
_SERVED = getter("billablePeriod.start")


def with_program(claim: JsonObject, coverage: JsonObject, kind: Kind) -> JsonObject:
    """Return a facility claim with what follows from its program.

    A line of a per-diem code that belongs to one program, which has one revenue code, gets it. A
    claim to Medicare gets the condition code of its program (41, 92) unless it bears one.
    """
    if kind.name != "institutional":
        return claim
    items = [_with_revenue(one) for one in read(claim, "item") if isinstance(one, dict)]
    made: JsonObject = {**claim, "item": list[JsonValue](items)} if items else claim
    if _FILING.write(coverage.get("type"), 2) not in MEDICARE:
        return made
    held = set(read(claim, "supportingInfo.code.coding.code"))
    asked = {one.condition for one in _programs(made) if one.condition}
    if len(asked) != 1 or held & {one.condition for one in PROGRAMS if one.condition}:
        return made
    told: JsonObject = {
        "category": concept(OWN_INFORMATION, "condition"),
        "code": concept(f"{NUBC}/ConditionCodes", next(iter(asked))),
    }
    return {**made, "supportingInfo": [*read(claim, "supportingInfo"), told]}


def _programs(claim: JsonObject) -> Iterator[Program]:
    """Yield the programs in force at the service whose revenue codes the claim bears."""
    revenue = {str(one) for one in read(claim, "item.revenue.coding.code")}
    day = str(_SERVED(claim) or "")[:10]
    for one in PROGRAMS:
        ended = one.until is not None and day > one.until.isoformat()
        if one.revenue & revenue and not ended and (not day or day >= one.since.isoformat()):
            yield one


def _with_revenue(item: JsonObject) -> JsonObject:
    if item.get("revenue") is not None:
        return item
    codes = {str(one) for one in read(item, "productOrService.coding.code")}
    found = [one for one in PROGRAMS if one.procedures & codes]
    if len(found) != 1 or len(found[0].revenue) != 1:
        return item
    return {**item, "revenue": concept(REVENUE, next(iter(found[0].revenue)))}
