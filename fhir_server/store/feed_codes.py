"""The codes of feeds as ConceptMaps: one resource a feed, a group a table.

Source: https://hl7.org/fhir/R4/conceptmap.html. The source of a group is the table within the feed
(`.../sid/<feed>/OBX-3`), its target the system of the codes; an element without a code, or whose
equivalence is `unmatched`, is known to have no target.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.store.reader import Reader
from mappers.v2_fhir.dialect import CodeTable
from mappers.v2_fhir.feed import CANONICAL, Feed

TYPE = "ConceptMap"


@dataclass(frozen=True, slots=True)
class CodeRow:
    """The target of one code of a table of a feed; an empty target says that it has none."""

    table: str
    code: str
    target: str
    system: str = ""


def map_id(feed: str) -> str:
    """Return the id of the ConceptMap of a feed."""
    return f"feed-{feed}"


def tables_of(reader: Reader, feeds: Sequence[str]) -> dict[str, dict[str, CodeTable]]:
    """Return the tables of these feeds by feed and table, as their ConceptMaps have them."""
    found = reader.many([(TYPE, map_id(feed)) for feed in feeds])
    told = {id: decode(one.body) for (_, id), one in found.items() if not one.deleted}
    return {feed: _tables(told[map_id(feed)], feed) for feed in feeds if map_id(feed) in told}


def with_row(concepts: JsonObject | None, feed: str, row: CodeRow) -> JsonObject:
    """Return the ConceptMap of a feed, a new one where there is none, with the row in it.

    A row of the same code, be it in another system, gives way.
    """
    made: JsonObject = {
        "resourceType": TYPE,
        "id": map_id(feed),
        "url": f"{CANONICAL}/ConceptMap/{map_id(feed)}",
        "status": "active",
    }
    made |= concepts or {}
    source = Feed(feed).local_system(row.table)
    groups = [_without(one, source, row.code) for one in _objects(made.get("group"))]
    fit = (
        one for one in groups if (one.get("source"), one.get("target", "")) == (source, row.system)
    )
    group = next(fit, None)
    if group is None:
        group = _group(source, row.system)
        groups.append(group)
    elements: list[JsonValue] = [*_objects(group.get("element")), _element(row)]
    group["element"] = elements
    kept: list[JsonValue] = [one for one in groups if one.get("element")]
    return made | {"group": kept}


def _group(source: str, system: str) -> JsonObject:
    group: JsonObject = {"source": source}
    return group | ({"target": system} if system else {})


def _without(group: JsonObject, source: str, code: str) -> JsonObject:
    if group.get("source") != source:
        return group
    others: list[JsonValue] = [
        one for one in _objects(group.get("element")) if one.get("code") != code
    ]
    return group | {"element": others}


def _element(row: CodeRow) -> JsonObject:
    target: JsonObject = {"equivalence": "unmatched", "comment": "known to have no target"}
    if row.target:
        target = {"code": row.target, "equivalence": "equivalent"}
    return {"code": row.code, "target": [target]}


def _tables(concepts: JsonObject, feed: str) -> dict[str, CodeTable]:
    prefix = Feed(feed).local_system("")
    found: dict[str, CodeTable] = {}
    for group in _objects(concepts.get("group")):
        source = str(group.get("source", ""))
        if source.startswith(prefix):
            name = source.removeprefix(prefix)
            rows = dict(_rows(group))
            known = found.get(name)
            found[name] = CodeTable(
                name, str(group.get("target", "")), ({**known.rows} if known else {}) | rows
            )
    return found


def _rows(group: JsonObject) -> Iterator[tuple[str, str]]:
    for element in _objects(group.get("element")):
        targets = _objects(element.get("target"))
        yield (
            str(element.get("code", "")),
            next((str(one["code"]) for one in targets if "code" in one), ""),
        )


def _objects(value: JsonValue) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
