"""CoverageEligibilityRequest to eligibility question, 270, and back: what is asked, and of whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from mappers.fhir_x12 import eligibility_table as table
from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import concept, listed, objects, said
from mappers.fhir_x12.eligibility_party import members
from mappers.fhir_x12.eligibility_writing import Batch
from mappers.fhir_x12.hierarchy import level, numbered
from mappers.fhir_x12.party import parties
from mappers.fhir_x12.problem import NotMappable
from mappers.fhir_x12.twin_writing import write_segments
from mappers.path import JsonObject, JsonValue
from mappers.x12.tree import Node, Seg, Value, node

SERVICED = "291"


@dataclass(frozen=True, slots=True)
class Question:
    """One person asked for: the parties as extensions, the trace, what is asked, and for when."""

    payer: JsonObject
    provider: JsonObject
    subscriber: JsonObject
    dependent: JsonObject | None
    traced: JsonObject
    items: tuple[JsonObject, ...]


def question(
    request: JsonObject,
    resources: Mapping[str, JsonObject],
    trace: str,
    originator: str,
    types: Sequence[str],
) -> Question:
    """Return the question of a request.

    `trace` and `originator` come back in the answer (TRN02, TRN03); `types` are the service types
    asked for where the request names none. Raises NotMappable with every problem at once.
    """
    found, problems = parties({**request, "resourceType": "Claim"}, resources)
    made = members(found)
    problems += made.problems
    if problems:
        raise NotMappable(problems)
    traced: JsonObject = {
        "extension": [
            {
                "url": ext.TRACE,
                "extension": [
                    {"url": "kind", "valueCode": "1"},
                    {"url": "number", "valueString": trace},
                    {"url": "originator", "valueString": originator},
                ],
            }
        ]
    }
    items = objects(request, "item") or [
        {"category": concept(system.SERVICE_TYPE, one)} for one in types
    ]
    asked = made.dependent or made.subscriber
    asked["extension"] = [*listed(asked, "extension"), *_serviced(request)]
    return Question(
        made.payer, made.provider, made.subscriber, made.dependent, traced, tuple(items)
    )


def _serviced(request: JsonObject) -> Iterator[JsonValue]:
    """Yield the day or period asked for; without one the payer takes today."""
    day = said(request, "servicedDate")
    start = day or said(request, "servicedPeriod.start")
    end = day or said(request, "servicedPeriod.end") or start
    if start:
        yield {
            "url": ext.PERIOD,
            "extension": [
                {"url": "qualifier", "valueCode": SERVICED},
                {"url": "format", "valueCode": "D8" if start == end else "RD8"},
                {"url": "value", "valuePeriod": {"start": start[:10], "end": end[:10]}},
            ],
        }


def eligibility_question(questions: Sequence[Question], batch: Batch) -> Node:
    """Return the set that asks for all these people, for the writer.

    One source level for each payer, one receiver level for each provider under it.
    """
    levels = [
        level("2000A", "20", [], [_named("2100A", run[0].payer), *_receivers(run)])
        for run in _runs(questions, "payer")
    ]
    return numbered(node("270", [batch.header()], levels))


def _receivers(questions: Sequence[Question]) -> Iterator[Node]:
    for run in _runs(questions, "provider"):
        people = [_subscriber(one) for one in run]
        yield level("2000B", "21", [], [_named("2100B", run[0].provider), *people])


def _runs(questions: Sequence[Question], name: str) -> Iterator[list[Question]]:
    for _, run in groupby(questions, key=lambda one: getattr(one, name)):
        yield list(run)


def _subscriber(one: Question) -> Node:
    traces = write_segments((table.TRACE,), one.traced)
    asked = [_asked(group) for group in _grouped(one.items)]
    if one.dependent is None:
        names = _named("2100C", one.subscriber, [_lettered(loop, "C") for loop in asked])
        return level("2000C", "22", traces, [names])
    names = _named("2100D", one.dependent, [_lettered(loop, "D") for loop in asked])
    dependent = level("2000D", "23", traces, [names])
    return level("2000C", "22", [], [_named("2100C", one.subscriber), dependent])


def _named(loop: str, party: JsonObject, under: Sequence[Node] = ()) -> Node:
    return node(loop, write_segments(table.PARTY, party), under)


def _lettered(one: Node, letter: str) -> Node:
    return node(f"{one.id}{letter}", one.segments, one.children)


def _grouped(items: Sequence[JsonObject]) -> Iterator[list[JsonObject]]:
    """Yield what one EQ asks: service types that say nothing more go together."""
    plain = [one for one in items if set(one) <= {"category"}]
    if plain:
        yield plain
    yield from ([one] for one in items if set(one) - {"category"})


def _asked(group: Sequence[JsonObject]) -> Node:
    segments = write_segments(table.QUESTION, group[0])
    heads = [one for one in segments if one.id == "EQ"]
    types = [code for one in group if (code := said(one, "category.coding[0].code"))]
    own = heads[0].values[1:] if heads else ()
    first: Value = None if not types else types[0] if len(types) == 1 else list(types)
    rest = [one for one in segments if one.id not in {"EQ", "III"}]
    places = [one for one in segments if one.id == "III"]
    return node("2110", [Seg("EQ", (first, *own)), *rest, *places])
