"""Value sets of required bindings to code lists, where the shipped content can enumerate them."""

from collections.abc import Iterator, Mapping

from profiles.compiler.source import JsonObject, child, objects, text, texts

Codes = dict[str, set[str]]


class NotEnumerable(ValueError):
    """The value set draws on a code system whose content is not shipped, or on a filter."""


def compile_code_lists(
    wanted: Iterator[str], value_sets: Mapping[str, JsonObject], systems: Mapping[str, JsonObject]
) -> dict[str, Codes]:
    """Return codes by system for each wanted value set canonical that can be enumerated."""
    lists: dict[str, Codes] = {}
    for canonical in sorted(set(wanted)):
        try:
            lists[canonical] = _expand(canonical, value_sets, systems)
        except NotEnumerable:
            continue
    return lists


def _expand(
    canonical: str, value_sets: Mapping[str, JsonObject], systems: Mapping[str, JsonObject]
) -> Codes:
    value_set = value_sets.get(canonical)
    if value_set is None or child(value_set, "compose").get("exclude"):
        raise NotEnumerable(canonical)
    codes: Codes = {}
    for include in objects(child(value_set, "compose"), "include"):
        for nested in texts(include, "valueSet"):
            _merge(codes, _expand(nested.split("|", 1)[0], value_sets, systems))
        if "system" in include:
            _merge(codes, {text(include, "system"): _included(include, systems)})
    if not codes:
        raise NotEnumerable(canonical)
    return codes


def _included(include: JsonObject, systems: Mapping[str, JsonObject]) -> set[str]:
    if "concept" in include:
        return {text(concept, "code") for concept in objects(include, "concept")}
    system = systems.get(text(include, "system"))
    if system is None or system["content"] != "complete" or "filter" in include:
        raise NotEnumerable(text(include, "system"))
    return set(_concepts(system))


def _concepts(parent: JsonObject) -> Iterator[str]:
    for concept in objects(parent, "concept"):
        yield text(concept, "code")
        yield from _concepts(concept)


def _merge(target: Codes, addition: Codes) -> None:
    for system, codes in addition.items():
        target.setdefault(system, set()).update(codes)
