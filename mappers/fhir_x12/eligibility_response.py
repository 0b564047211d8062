"""What a 271 says of one person as CoverageEligibilityResponse: whether in force, and errors."""

from dataclasses import dataclass

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import concept, said, some
from mappers.fhir_x12.eligibility_271 import Answer
from mappers.fhir_x12.eligibility_benefit import in_force, with_used
from mappers.fhir_x12.eligibility_code import BY_CODE, FOLLOW_UP
from mappers.path import JsonObject, JsonValue, read

PLAN_DATES = ("291", "346", "307", "356")
PLAN_ENDS = ("347", "357")


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: its resource as stored, what it is answered under, and when."""

    request: JsonObject
    id: str
    created: str


def eligibility_response(answer: Answer, asked: Asked) -> JsonObject:
    """Return the answer to a stored request."""
    request = asked.request
    errors = [_error(loop, one) for loop, one in answer.rejections]
    insurance = _insurance(answer, request)
    return {
        "resourceType": "CoverageEligibilityResponse",
        "id": asked.id,
        "extension": [*answer.parties, *answer.more],
        **_some_identifier(answer),
        "status": "active",
        "purpose": request.get("purpose", ["benefits"]),
        "patient": request["patient"],
        **{name: request[name] for name in ("servicedDate", "servicedPeriod") if name in request},
        "created": asked.created,
        **({"requestor": request["provider"]} if "provider" in request else {}),
        "request": {"reference": f"CoverageEligibilityRequest/{request['id']}"},
        "outcome": "error" if errors and not answer.items else "complete",
        "disposition": _disposition(answer, insurance),
        "insurer": request.get("insurer", {"display": "the payer of the coverage"}),
        **some("insurance", [insurance] if answer.items else []),
        **some("error", errors),
    }


def _some_identifier(answer: Answer) -> JsonObject:
    if not answer.reference:
        return {}
    return {"identifier": [{"system": system.ELIGIBILITY_TRACE, "value": answer.reference}]}


def _disposition(answer: Answer, insurance: JsonObject) -> str:
    if not answer.items:
        return "not answered"
    known = {True: "coverage is in force", False: "coverage is not in force"}
    told = insurance.get("inforce")
    return known[told] if isinstance(told, bool) else "whether coverage is in force is not told"


def _insurance(answer: Answer, request: JsonObject) -> JsonObject:
    unknown: JsonObject = {"display": "not stated"}
    coverage = next(iter(read(request, "insurance.coverage")), unknown)
    asked = {str(one) for one in read(request, "item.category.coding.code")}
    force = in_force(answer.items, asked)
    period = _period(answer)
    return {
        "coverage": coverage,
        **({"inforce": force} if force is not None else {}),
        **({"benefitPeriod": period} if period else {}),
        "item": with_used(answer.items),
    }


def _period(answer: Answer) -> JsonObject:
    """Return the period of the plan or the eligibility, of the member first."""
    for party in reversed(answer.parties):
        found = [
            one for one in read(party, f"extension[url={ext.PERIOD}]") if isinstance(one, dict)
        ]
        starts = [one for one in found if said(one, _QUALIFIER) in PLAN_DATES]
        ends = [one for one in found if said(one, _QUALIFIER) in PLAN_ENDS]
        start = said(starts[0], f"{_PERIOD}.start") if starts else ""
        has_end = bool(starts) and said(starts[0], "extension[url=format].valueCode") == "RD8"
        end = said(starts[0], f"{_PERIOD}.end") if has_end else ""
        end = said(ends[0], f"{_PERIOD}.end") if ends else end
        if start or end:
            return {**({"start": start} if start else {}), **({"end": end} if end else {})}
    return {}


_QUALIFIER = "extension[url=qualifier].valueCode"
_PERIOD = "extension[url=value].valuePeriod"


def _error(loop: str, rejection: JsonObject) -> JsonObject:
    """Return an AAA as error: its code, our words, the FHIR element to look at."""
    code = said(rejection, "extension[url=reason].valueCode")
    follow = said(rejection, "extension[url=follow-up].valueCode")
    reason = BY_CODE.get(code)
    words = "; ".join(
        one for one in (reason.words if reason else "", FOLLOW_UP.get(follow, "")) if one
    )
    extensions: list[JsonValue] = [rejection]
    if reason:
        extensions.append({"url": ext.EXPRESSION, "valueString": reason.expression})
    unstated: JsonObject = {"text": "not stated"}
    tree = concept(system.REJECT_REASON, code) if code else unstated
    return {
        "id": f"AAA-{loop}",
        "extension": extensions,
        "code": {**tree, **({"text": words} if words else {})},
    }
