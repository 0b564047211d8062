"""The eligibility answer, 271, to CoverageEligibilityResponse: every benefit kept, none guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mappers.fhir_x12 import eligibility_table as table
from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import concept, listed, objects, said, some, unread
from mappers.fhir_x12.eligibility_benefit import benefits, in_force, with_used
from mappers.fhir_x12.eligibility_code import BY_CODE, FOLLOW_UP
from mappers.fhir_x12.twin_reading import read_segments
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.tree import LoopNode

NAMES = {"2000A": "2100A", "2000B": "2100B", "2000C": "2100C", "2000D": "2100D"}
PLAN_DATES = ("291", "346", "307", "356")
PLAN_ENDS = ("347", "357")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a 271 says of one person, or why of nobody.

    `traces` are the TRN02 by which the question is found; `parties` are source, receiver,
    subscriber and dependent as extensions; `rejections` stand with the loop they were in.
    """

    reference: str
    traces: tuple[str, ...]
    parties: tuple[JsonObject, ...]
    more: tuple[JsonValue, ...]
    rejections: tuple[tuple[str, JsonObject], ...]
    items: tuple[JsonObject, ...] = field(repr=False)

    @property
    def member(self) -> JsonObject:
        """The person asked for: the dependent where there is one, else the subscriber."""
        return self.parties[-1] if len(self.parties) > 2 else {}

    @property
    def member_id(self) -> str:
        """The member number of the subscriber."""
        found = [said(one, _MEMBER_ID) for one in self.parties[2:]]
        return next((one for one in found if one), "")


_MEMBER_ID = "extension[url=identifier].valueIdentifier.value"


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: its resource as stored, what it is answered under, and when."""

    request: JsonObject
    id: str
    created: str


def answers(root: LoopNode) -> list[Answer]:
    """Return what a 271 says, one person each; a level that goes no deeper answers by itself."""
    head = root.first("BHT")
    reference = head.element(3) if head else ""
    return [_answer(reference, path) for path in _paths(root, ())]


def _paths(loop: LoopNode, above: tuple[LoopNode, ...]) -> Iterator[tuple[LoopNode, ...]]:
    """Yield the ways from the source level down to each innermost level."""
    levels = [one for one in loop.children if one.id in NAMES]
    path = (*above, loop) if loop.id in NAMES else above
    for one in levels:
        yield from _paths(one, path)
    names = loop.child(NAMES.get(loop.id, ""))
    if path and (not levels or (names is not None and _has_benefits(names))):
        yield path


def _has_benefits(names: LoopNode) -> bool:
    return any(one.id.startswith("2110") for one in names.children)


def _answer(reference: str, path: Sequence[LoopNode]) -> Answer:
    parties, more, traces, rejections = [], [], [], []
    for level in path:
        own: JsonObject = {}
        outer = [one for one in level.segments if one.id == "TRN"]
        read_segments((table.TRACE,), outer, own)
        more += listed(own, "extension")
        traces += [one.element(2) for one in outer]
        source: JsonObject = {}
        read_segments((table.rejection("2000"),), level.every("AAA"), source)
        rejections += [(level.id, one) for one in objects(source, "extension")]
        names = level.child(NAMES[level.id])
        if names is not None:
            party: JsonObject = {"url": ext.ELIGIBILITY_PARTY}
            more += unread(read_segments(table.PARTY, names.segments, party))
            parties.append(party)
            found = read(party, f"extension[url={ext.REJECTION}]")
            rejections += [(names.id, one) for one in found if isinstance(one, dict)]
    last = path[-1].child(NAMES[path[-1].id])
    items = benefits(last) if last else ()
    for item in items:
        found = read(item, f"extension[url={ext.REJECTION}]")
        rejections += [("2110", one) for one in found if isinstance(one, dict)]
    return Answer(
        reference, tuple(traces), tuple(parties), tuple(more), tuple(rejections), tuple(items)
    )


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
