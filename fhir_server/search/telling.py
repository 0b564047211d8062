"""A search told in plain words: "Patients whose birthdate is before 1980, newest first".

It is told from the parameters that were understood, so that what is missing was not.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fhir_server.search.chain import HAS, LIST
from fhir_server.search.escape import split, unescape
from fhir_server.search.interval import NUMBER
from fhir_server.search.parameter import Parameter
from fhir_server.search.query import Query
from fhir_server.search.registry import OF_WORDS, Registry
from fhir_server.search.types.date import PREFIX

FEW = 5
"""Most types and values that are told by name."""
NAMES = {"_lastUpdated": "last update", "_security": "security label", "_text": "narrative"}
"""Names of parameters in words, where their code is none."""
OF_DATES = {
    "ne": "is not",
    "gt": "is after",
    "lt": "is before",
    "ge": "is or is after",
    "le": "is or is before",
    "sa": "begins after",
    "eb": "ends before",
    "ap": "is about",
}
OF_NUMBERS = {
    "ne": "is not",
    "gt": "is more than",
    "lt": "is less than",
    "ge": "is at least",
    "le": "is at most",
    "sa": "lies above",
    "eb": "lies below",
    "ap": "is about",
}
PREFIXES: Mapping[str, tuple[re.Pattern[str], Mapping[str, str]]] = {
    "date": (PREFIX, OF_DATES),
    "number": (NUMBER, OF_NUMBERS),
    "quantity": (NUMBER, OF_NUMBERS),
}
"""For types whose values are compared, how a prefix is told apart, and what it says."""
COMPARED = {
    "": "is",
    "exact": "is exactly",
    "contains": "contains",
    "not": "is not",
    "text": "is worded",
    "of-type": "has the type and value",
    "identifier": "is one with the identifier",
    "in": "is in the value set",
    "not-in": "is not in the value set",
    "above": "is or is above",
    "below": "is or is below",
}
"""What a modifier says; those that are types say no more than `is`."""


def tell(query: Query, tenant: int, registry: Registry, place: str = "") -> str:
    """Return what a search asks for; `place` is the resource in whose compartment it does."""
    types = (query.type,) if query.type else query.types
    telling = _Telling(tenant, registry)
    noun = "Resources" if len(types) > FEW else " and ".join(map(_plural, types))
    conditions = [telling.condition(types, *pair) for pair in query.parameters]
    within = f" in the compartment of {place}" if place else ""
    found = f"{noun}{within} {' and '.join(filter(None, conditions))}".rstrip()
    if query.only_count:
        return f"How many {found}"
    return ", ".join(filter(None, [found, _order(query), *map(_along, query.parameters)]))


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells parameters of resource types, by their definitions."""

    tenant: int
    registry: Registry

    def condition(self, types: Sequence[str], name: str, text: str) -> str:
        """Return what a parameter says of what matches; nothing for one that does not."""
        if name == "_filter":
            return f'for which "{text}" holds'
        if name == LIST:
            return f"in the list {_listed(text.split(','))}"
        if name.startswith(HAS):
            _, source, code, rest = name.split(":", 3)
            inner = self.condition((source,), rest, text)
            return f"to which {_one(source)} {inner} refers as {code}"
        head, dot, rest = name.partition(".")
        code, _, modifier = head.partition(":")
        parameter = self._parameter(types, code)
        if parameter is None:
            return ""
        if dot:
            targets = (modifier,) if modifier else parameter.targets
            led = _one(modifier) if modifier else "a resource"
            return f"whose {code} is {led} {self.condition(targets, rest, text)}"
        return _simple(parameter, modifier, text)

    def _parameter(self, types: Sequence[str], code: str) -> Parameter | None:
        for type in types:
            found = self.registry.parameters(self.tenant, type).get(code)
            if found is not None:
                return found
        return None


def _simple(parameter: Parameter, modifier: str, text: str) -> str:
    code = parameter.code
    name = NAMES.get(code, code.lstrip("_"))
    if modifier == "missing":
        return f"{'without' if text == 'true' else 'with'} a {name}"
    texts = split(text, ",")
    if parameter.type == "special":
        return f"{name} {_listed(texts)}"
    if parameter.type == "composite":
        return f"with {name} {_listed([' and '.join(split(one, '$')) for one in texts])}"
    if parameter.type in PREFIXES and not modifier:
        return f"whose {name} {_listed([_compared(parameter.type, one) for one in texts])}"
    if code in OF_WORDS:
        return f"whose {name} has the words {_listed(texts)}"
    begins = parameter.type == "string" and not modifier
    verb = "begins with" if begins else COMPARED.get(modifier, "is")
    return f"whose {name} {verb} {_listed(texts)}"


def _compared(type: str, text: str) -> str:
    pattern, words = PREFIXES[type]
    match = pattern.match(text)
    prefix = match[1] if match else None
    bare = text.removeprefix(prefix or "")
    return f"{words.get(prefix or '', 'is')} {bare}"


def _order(query: Query) -> str:
    if not query.order:
        return "newest first"
    told = []
    for one in query.order:
        name = NAMES.get(one.code, one.code.lstrip("_"))
        told.append(f"{name} descending" if one.descending else name)
    return f"by {', '.join(told)}"


def _along(pair: tuple[str, str]) -> str:
    """Return what a parameter says of what comes along; nothing for one that does not."""
    name, _, modifier = pair[0].partition(":")
    if name not in {"_include", "_revinclude"}:
        return ""
    type, _, rest = pair[1].partition(":")
    code, _, target = rest.partition(":")
    tail = ("" if code in {"", "*"} else f" as {code}") + (" and so on" if modifier else "")
    if name == "_include":
        led = f"the {_plural(target)}" if target else "what"
        return f"along with {led} {'they' if type == '*' else _plural(type)} refer to{tail}"
    referring = "whatever refers" if type == "*" else f"the {_plural(type)} that refer"
    return f"along with {referring} to them{tail}"


def _listed(texts: Sequence[str]) -> str:
    if len(texts) > FEW:
        return f"one of {len(texts)} values"
    return " or ".join(map(unescape, texts))


def _plural(type: str) -> str:
    return f"{type[:-1]}ies" if type.endswith(("ry", "ty")) else f"{type}s"


def _one(type: str) -> str:
    return f"{'an' if type[:1] in 'AEIO' else 'a'} {type}"
