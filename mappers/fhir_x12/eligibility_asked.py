"""Who a 270 asks for, and what: the request it would have been."""

from collections.abc import Iterator

from mappers.fhir_x12 import eligibility_table as table
from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import system
from mappers.fhir_x12.amount import day
from mappers.fhir_x12.datatype import objects, said
from mappers.fhir_x12.eligibility_270 import Question
from mappers.fhir_x12.eligibility_271 import NAMES, Answer, answers
from mappers.fhir_x12.twin_reading import read_segments
from mappers.path import JsonObject, JsonValue, put, read
from mappers.x12.tree import LoopNode

SERVICED = "291"


def asked_of(root: LoopNode) -> list[tuple[Answer, JsonObject]]:
    """Return the people a 270 asks for, each with the request it makes."""
    found = answers(root)
    loops = [loop for loop in root.walk() if loop.id in NAMES.values() and _asks(loop)]
    head = root.first("BHT")
    created = day(head.element(4)) if head else ""
    return [(one, _request(one, loop, created)) for one, loop in zip(found, loops, strict=False)]


def question_of(request: JsonObject) -> Question:
    """Return the question of a request that was read from a 270, to be written as it came."""
    parties = [
        one for one in objects(request, "extension") if one.get("url") == ext.ELIGIBILITY_PARTY
    ]
    traces: list[JsonValue] = [
        one for one in objects(request, "extension") if one.get("url") == ext.TRACE
    ]
    dependent = parties[3] if len(parties) > 3 else None
    unnamed: JsonObject = {"url": ext.ELIGIBILITY_PARTY}
    payer, provider, subscriber, *_ = (*parties, unnamed, unnamed, unnamed)
    traced: JsonObject = {"extension": traces}
    items = tuple(objects(request, "item"))
    return Question(payer, provider, subscriber, dependent, traced, items)


def _asks(loop: LoopNode) -> bool:
    return any(one.id.startswith("2110") for one in loop.children)


def _request(one: Answer, loop: LoopNode, created: str) -> JsonObject:
    under = [one for one in loop.children if one.id.startswith("2110")]
    items: list[JsonValue] = [item for one_of in under for item in _items(one_of)]
    tree: JsonObject = {
        "resourceType": "CoverageEligibilityRequest",
        "extension": [*one.parties, *one.more],
        "status": "active",
        "purpose": ["benefits"],
        "patient": _patient(one),
        **({"created": created} if created else {}),
        "insurer": {"display": (said(one.parties[0], _NAME) if one.parties else "") or "payer"},
        "item": items,
    }
    period = f"extension[url={ext.PERIOD}]"
    for found in read(one.member, period):
        if SERVICED in read(found, "extension[url=qualifier].valueCode"):
            value = next(iter(read(found, "extension[url=value].valuePeriod")), None)
            tree["servicedPeriod"] = value
    return tree


_NAME = "extension[url=name].valueHumanName.family"


def _patient(one: Answer) -> JsonObject:
    """Return whom it is about: by the member's number, which a dependent has not of its own."""
    identifier: JsonObject = {"system": system.MEMBER_ID, "value": one.member_id}
    return {"type": "Patient", "identifier": identifier} if one.member_id else {"display": "named"}


def _items(loop: LoopNode) -> Iterator[JsonObject]:
    tree: JsonObject = {}
    read_segments(table.QUESTION, loop.segments, tree)
    types = loop.segments[0].repetitions(1)
    if "productOrService" in tree or not types:
        yield tree
        return
    for code in types:
        own: JsonObject = {**tree}
        put(own, "category.coding[0].system", system.SERVICE_TYPE)
        put(own, "category.coding[0].code", code)
        yield own
