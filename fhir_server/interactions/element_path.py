"""FHIRPath as a patch uses it: a way to elements that are there, so that they can be changed.

Source: https://hl7.org/fhir/R4/fhirpatch.html ("a restricted subset of FHIRPath"). Steps are
names, `[n]`, `first() last() tail() skip(n) take(n) single()`, `where(...)`, `ofType(T)`, `as(T)`
and `extension(url)`. What stands in `where` may be any FHIRPath; fhirpathpy judges what is more
than comparisons of members with texts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from fhir_server.interactions.element import Element
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, Invalid
from profiles.loader import Definitions

LONGEST = 2000
_NAME = re.compile(r"`([^`]+)`|([A-Za-z_][A-Za-z0-9_]*)")
_ITEM = re.compile(r"\[([0-9]{1,9})\]")
_SELF = ("$this", "%resource", "%context", "Resource", "DomainResource")
_EQUAL = re.compile(r"\s*(\$this|[A-Za-z_][A-Za-z0-9_]*)\s*=\s*'([^'\\]*)'\s*")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: a name, or a function with the text of its argument."""

    name: str
    argument: str | None = None


Path = tuple[Step, ...]


def read_path(text: str, type: str) -> Path:
    """Return the steps of a path below a resource of this type. Raises BadRequest."""
    if len(text) > LONGEST:
        raise BadRequest(f"a path has at most {LONGEST} characters", detail="bad-path")
    steps: list[Step] = []
    position, text = 0, text.strip()
    while position < len(text):
        position = _step(text, position, steps)
    if steps and steps[0].argument is None and steps[0].name in (*_SELF, type):
        del steps[0]
    return tuple(steps)


def _step(text: str, position: int, steps: list[Step]) -> int:
    """Read one step and return where the next begins."""
    item = _ITEM.match(text, position) if position else None
    if item is not None:
        steps.append(Step("[]", item[1]))
        return _after(text, item.end())
    start = position + 1 if text[position] in "$%" else position
    name = _NAME.match(text, start)
    if name is None:
        raise BadRequest("the path is not FHIRPath of names, items and filters", detail="bad-path")
    word = text[position:start] + (name[1] or name[2])
    end = name.end()
    if end < len(text) and text[end] == "(":
        closing = _closing(text, end)
        steps.append(Step(word, text[end + 1 : closing].strip()))
        end = closing + 1
    else:
        steps.append(Step(word))
    return _after(text, end)


def _after(text: str, end: int) -> int:
    """Return where the step after this place begins. Raises BadRequest."""
    if end == len(text) or text[end] == "[":
        return end
    if text[end] != "." or end + 1 == len(text):
        raise BadRequest("the path is not FHIRPath of names, items and filters", detail="bad-path")
    return end + 1


def _closing(text: str, opening: int) -> int:
    """Return the place of the parenthesis that closes this one. Raises BadRequest."""
    depth, quoted, position = 0, False, opening
    while position < len(text):
        mark = text[position]
        if mark == "\\" and quoted:
            position += 1
        elif mark == "'":
            quoted = not quoted
        elif not quoted and mark in "()":
            depth += 1 if mark == "(" else -1
            if not depth:
                return position
        position += 1
    raise BadRequest("the path has a parenthesis that is not closed", detail="bad-path")


def find_elements(path: Path, resource: JsonObject, definitions: Definitions) -> list[Element]:
    """Return the elements a path leads to. Raises BadRequest, Invalid."""
    found = [Element.root(resource)]
    for step in path:
        if step.argument is None:
            found = [one for each in found for one in each.children(step.name, definitions)]
        else:
            found = _narrow(step, found, definitions)
    return found


def find_one(path: Path, resource: JsonObject, definitions: Definitions) -> Element:
    """Return the one element a path leads to. Raises Invalid when there is none or several."""
    found = find_elements(path, resource, definitions)
    if len(found) != 1:
        several = "more than one element" if found else "nothing"
        raise Invalid(f"the path leads to {several}", detail="patch-path")
    return found[0]


def _narrow(step: Step, found: list[Element], definitions: Definitions) -> list[Element]:
    function = FUNCTIONS.get(step.name)
    if function is None:
        raise BadRequest(f"a path may not use {step.name}() here", detail="bad-path")
    return function(found, step.argument or "", definitions)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise BadRequest("a whole number is expected in the path", detail="bad-path")
    return int(text)


def _item(found: list[Element], text: str, definitions: Definitions) -> list[Element]:
    del definitions
    number = _number(text)
    return found[number : number + 1]


def _single(found: list[Element], text: str, definitions: Definitions) -> list[Element]:
    del text, definitions
    if len(found) > 1:
        raise Invalid("the path leads to more than one element", detail="patch-path")
    return found


def _where(found: list[Element], text: str, definitions: Definitions) -> list[Element]:
    del definitions
    test = _criteria(text)
    return [one for one in found if test(one.value)]


def _of_type(found: list[Element], text: str, definitions: Definitions) -> list[Element]:
    del definitions
    name = text.rpartition(".")[2]
    return [one for one in found if name in (one.type, one.type.capitalize())]


def _extension(found: list[Element], text: str, definitions: Definitions) -> list[Element]:
    url = text.strip("'")
    inner = [one for each in found for one in each.children("extension", definitions)]
    return [one for one in inner if isinstance(one.value, dict) and one.value.get("url") == url]


Function = Callable[[list[Element], str, Definitions], list[Element]]
FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "[]": _item,
        "first": lambda found, _, __: found[:1],
        "last": lambda found, _, __: found[-1:],
        "tail": lambda found, _, __: found[1:],
        "skip": lambda found, text, _: found[_number(text) :],
        "take": lambda found, text, _: found[: _number(text)],
        "single": _single,
        "where": _where,
        "ofType": _of_type,
        "as": _of_type,
        "extension": _extension,
    }
)


def _criteria(text: str) -> Callable[[JsonValue], bool]:
    """Return the test that the criteria of `where` are."""
    matches = [_EQUAL.fullmatch(part) for part in text.split(" and ")]
    pairs = [(match[1], match[2]) for match in matches if match is not None]
    if len(pairs) == len(matches):
        return lambda value: _is_plain(value, pairs) and _holds(value, pairs)
    return lambda value: _judged(value, text)


def _is_plain(value: JsonValue, pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether none of the members compared with is a list, which FHIRPath compares as a whole."""
    members = value if isinstance(value, dict) else {}
    return not any(isinstance(members.get(name), list) for name, _ in pairs)


def _holds(value: JsonValue, pairs: Sequence[tuple[str, str]]) -> bool:
    members = value if isinstance(value, dict) else {}
    return all((value if name == "$this" else members.get(name)) == text for name, text in pairs)


def _judged(value: JsonValue, text: str) -> bool:
    """Judge criteria by the FHIRPath engine, loaded when first needed. Raises BadRequest."""
    engine = import_module("fhirpathpy")
    try:
        answer = engine.evaluate(value, text)
    except Exception:  # noqa: BLE001  whatever the engine makes of a client's text
        raise BadRequest("the criteria of where() are not FHIRPath", detail="bad-path") from None
    return isinstance(answer, list) and len(answer) == 1 and answer[0] is True
