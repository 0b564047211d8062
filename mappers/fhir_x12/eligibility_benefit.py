"""One benefit of an eligibility answer, EB with what follows it, as items; and what items say.

An EB for several service types is several items, each with all of the benefit; the place of the
EB among them tells which belong together.
"""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from mappers.fhir_x12 import eligibility_table as table
from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import system
from mappers.fhir_x12.amount import cents
from mappers.fhir_x12.datatype import amount_at, concept, listed, objects, said, unread
from mappers.fhir_x12.eligibility_code import ACTIVE, EXCLUDED, INACTIVE, PLAN, REMAINING
from mappers.fhir_x12.twin_reading import read_segments
from mappers.path import JsonObject, JsonValue, put, read, text
from mappers.x12.text import decimal_text
from mappers.x12.tree import LoopNode

POSITION = f"extension[url={ext.BENEFIT}].extension[url=position].valuePositiveInt"
INFORMATION = "benefit[0].type.coding[0].code"
_DETAIL = f"extension[url={ext.BENEFIT}].extension"


def benefits(names: LoopNode) -> list[JsonObject]:
    """Return the items of the benefits under a member's loop."""
    loops = [one for one in names.children if one.id.startswith("2110")]
    return [item for at, loop in enumerate(loops, 1) for item in _items(loop, at)]


def _items(loop: LoopNode, position: int) -> Iterator[JsonObject]:
    head = loop.segments[0]
    tree: JsonObject = {}
    own = [one for one in loop.segments if one.id not in {"LS", "LE"}]
    left = read_segments(table.BENEFIT, own, tree)
    for under in loop.children:
        if under.id.startswith("2115"):
            read_segments((table.PLACE,), under.segments, tree)
        else:
            party: JsonObject = {"url": ext.ELIGIBILITY_PARTY}
            left += read_segments(table.RELATED, under.segments, party)
            tree["extension"] = [*listed(tree, "extension"), party]
    put(tree, POSITION, position)
    tree["extension"] = [*listed(tree, "extension"), *unread(left)]
    derive(tree)
    if "productOrService" in tree:
        tree["productOrService"] = {"coding": read(tree, "productOrService.coding")}
        yield tree
        return
    for code in head.repetitions(3) or ("",):
        unstated: JsonObject = {"text": "not stated"}
        category = concept(system.SERVICE_TYPE, code) if code else unstated
        yield {"category": category, **tree}


def derive(tree: JsonObject) -> None:
    """Add what R4 has an element for beside what the answer says: for readers, not for writing."""
    told = said(tree, f"{_DETAIL}[url=authorization].valueCode")
    if told in {"Y", "N"}:
        tree["authorizationRequired"] = told == "Y"
    if said(tree, INFORMATION) in EXCLUDED:
        tree["excluded"] = True
    messages = [text(one) for one in read(tree, f"extension[url={ext.MESSAGE}].valueString")]
    if messages:
        tree["description"] = " ".join(messages)
    benefit = next(iter(objects(tree, "benefit")), None)
    if benefit is None or "allowedMoney" in benefit:
        return
    percent = read(tree, f"{_DETAIL}[url=percent].valueDecimal")
    quantity = read(tree, f"{_DETAIL}[url=quantity].valueDecimal")
    if percent and isinstance(percent[0], int | Decimal):
        benefit["allowedString"] = f"{decimal_text(Decimal(percent[0]) * 100)} %"
    elif quantity and isinstance(quantity[0], int | Decimal):
        count = Decimal(quantity[0])
        if count == count.to_integral_value() and count >= 0:
            benefit["allowedUnsignedInt"] = int(count)


def in_force(items: Sequence[JsonObject], asked: Collection[str]) -> bool | None:
    """Tell whether coverage is in force: by what is said of the plan, else of what was asked.

    None where nothing is said, or both. A carve-out that is active does not make the plan so.
    """
    for types in ({PLAN}, set(asked) - {PLAN}):
        told = {
            said(one, INFORMATION)
            for one in items
            if types & {text(code) for code in read(one, "category.coding.code")}
        }
        is_active, is_inactive = bool(told & ACTIVE), bool(told & INACTIVE)
        if is_active != is_inactive:
            return is_active
    return None


def with_used(items: Sequence[JsonObject]) -> list[JsonValue]:
    """Return the items, `usedMoney` added where both the whole and what remains of it are told."""
    remaining = {_key(one): _money(one) for one in items if _term(one) in REMAINING}
    return [_with_used(one, remaining) for one in items]


def _with_used(item: JsonObject, remaining: dict[tuple[str, ...], Decimal | None]) -> JsonObject:
    whole, left = _money(item), remaining.get(_key(item))
    if _term(item) in REMAINING or whole is None or left is None or left > whole:
        return item
    benefit, *others = objects(item, "benefit")
    used: JsonObject = {"value": cents(whole - left), "currency": "USD"}
    return {**item, "benefit": [{**benefit, "usedMoney": used}, *others]}


def _key(item: JsonObject) -> tuple[str, ...]:
    """Return what the whole and what remains of it have in common."""
    coded = ("category", "unit", "network")
    return (said(item, INFORMATION), *(said(item, f"{name}.coding[0].code") for name in coded))


def _term(item: JsonObject) -> str:
    return said(item, "term.coding[0].code")


def _money(item: JsonObject) -> Decimal | None:
    path = "benefit[0].allowedMoney.value"
    return amount_at(item, path) if read(item, path) else None
