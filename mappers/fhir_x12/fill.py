"""Values put at FHIR paths: what is on the way is made, a value that stands is kept."""

from mappers.fhir_x12.step import Step, steps
from mappers.path import JsonObject, JsonValue


def put(tree: JsonObject, path: str, value: JsonValue) -> None:
    """Write the value at the path; what is on the way is made; a value that stands is kept."""
    *way, last = steps(path)
    for step in way:
        tree = _made(tree, step)
    if last.number is not None or last.appends:
        items = _items(tree, last.name)
        if last.appends or last.number == len(items):
            items.append(value)
        return
    tree.setdefault(last.name, value)


def _made(tree: JsonObject, step: Step) -> JsonObject:
    """Return the object a step leads to, made where it is not there."""
    if not (step.member or step.appends or step.number is not None):
        inner = tree.setdefault(step.name, {})
        return inner if isinstance(inner, dict) else {}
    items = _items(tree, step.name)
    if step.member:
        found = next((one for one in items if step.fits(one)), None)
    else:
        number = len(items) if step.number is None else step.number
        found = items[number] if number < len(items) else None
    if not isinstance(found, dict):
        found = step.seed()
        items.append(found)
    return found


def _items(tree: JsonObject, name: str) -> list[JsonValue]:
    items = tree.setdefault(name, [])
    return items if isinstance(items, list) else []


def added(tree: JsonObject, step: Step) -> JsonObject:
    """Return a new item at the end of the list a step names."""
    item = step.seed()
    _items(tree, step.name).append(item)
    return item
