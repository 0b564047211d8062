"""The parts of composite parameters, resolved by their definitions.

Source: https://hl7.org/fhir/R4/search.html#composite. A component reads what its expression leads
to from an element of the composite. Where there can be one such element only, its parts are values
of the resource, and if parameters of it hold the very same values their rows answer; the rows of
elements of their own are needed where elements repeat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fhir_server.search.expression import WHOLE, Source, compile_expression
from fhir_server.search.parameter import Parameter, Root, Slot
from profiles.definition import Component, SearchParameter
from profiles.loader import Definitions

RESOURCE = "%resource."
"""Begins the expression of a component that stands outside the element."""
READ = {
    "token": ("code", "string", "boolean", "id", "uri", "Coding", "CodeableConcept", "Identifier"),
    "reference": ("Reference", "canonical"),
}
"""Types of elements that components of a search type may read; all for other search types."""


def compose(
    row: SearchParameter,
    slot: Slot,
    parameters: Mapping[str, Parameter],
    definitions: Definitions,
) -> tuple[Root, ...]:
    """Return the ways to the elements of a composite, with the parts to be found in each.

    `parameters` are those of the same resource type that are no composites.
    """
    roots = compile_expression(row.expression or "", row.base, definitions)
    return tuple(_root(root, row, slot, parameters, definitions) for root in roots)


def _root(
    root: Source,
    row: SearchParameter,
    slot: Slot,
    parameters: Mapping[str, Parameter],
    definitions: Definitions,
) -> Root:
    components = _fitting(root, row, definitions)
    read = [_sources(one, root, row.base, definitions) for one in components]
    if root.single:
        known = [
            _known(one, root.path, sources, parameters)
            for one, sources in zip(components, read, strict=True)
        ]
        if all(known):
            return Root(tuple(one for one in known if one), slot)
    outer = frozenset(
        place for place, one in enumerate(components) if one.expression.startswith(RESOURCE)
    )
    paths = ("$".join(sorted({".".join(one.path) for one in sources})) for sources in read)
    own = replace(slot, code="$".join((".".join(root.path), *paths)), plain=True)
    parts = tuple(
        _part(one, own, sources, parameters.get(one.code))
        for one, sources in zip(components, read, strict=True)
    )
    return Root(parts, own, root, outer)


def _sources(
    component: Component, root: Source, base: str, definitions: Definitions
) -> tuple[Source, ...]:
    """Return the sources of a component, from the element on or from the resource."""
    if component.expression.startswith(RESOURCE):
        text = component.expression.removeprefix(RESOURCE)
        return compile_expression(text, base, definitions)
    return compile_expression(component.expression, root.type, definitions)


def _fitting(root: Source, row: SearchParameter, definitions: Definitions) -> tuple[Component, ...]:
    """Return the components, with expressions that lead to values of their types.

    R4 has those of DocumentReference `relationship` the wrong way round.
    """
    given = row.components
    if len(given) == 2 and not any(_fits(one, root, row.base, definitions) for one in given):
        first, second = given
        swapped = (
            Component(first.code, first.type, second.expression),
            Component(second.code, second.type, first.expression),
        )
        if all(_fits(one, root, row.base, definitions) for one in swapped):
            return swapped
    return given


def _fits(component: Component, root: Source, base: str, definitions: Definitions) -> bool:
    sources = _sources(component, root, base, definitions)
    types = READ.get(component.type)
    return types is None or any(one.type in types for one in sources)


def _known(
    component: Component,
    path: tuple[str, ...],
    sources: Sequence[Source],
    parameters: Mapping[str, Parameter],
) -> Parameter | None:
    """Return the parameter that reads these values of the resource and no others, if there is one.

    The component's own definition comes first. It may read more types of the same element
    (value-quantity a sampled series too): such a value is then one of the composite likewise.
    """
    outside = component.expression.startswith(RESOURCE)
    wanted = {(() if outside else path) + one.path for one in sources}
    types = {one.type for one in sources}
    defined = [one for one in (parameters.get(component.code),) if one]
    for parameter in (*defined, *parameters.values()):
        reads = {one.path for one in parameter.sources}
        holds = types <= {one.type for one in parameter.sources}
        plain = not parameter.spread and all(_is_path(one) for one in parameter.sources)
        if parameter.type == component.type and reads == wanted and holds and plain:
            return parameter
    return None


def _is_path(source: Source) -> bool:
    """Whether a source is the way of its members alone, without a condition."""
    return source.member != WHOLE and len(source.steps) == len(source.path) - 1


def _part(
    component: Component, slot: Slot, sources: tuple[Source, ...], defined: Parameter | None
) -> Parameter:
    """Return a part that is read from an element; what its definition knows of values holds."""
    if defined is None:
        return Parameter(component.code, component.type, slot, sources)
    targets, systems = defined.targets, defined.systems
    return Parameter(component.code, component.type, slot, sources, targets, systems)
