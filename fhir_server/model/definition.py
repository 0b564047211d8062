"""Finding elements in the R4 definitions: what type a path leads to."""

from collections.abc import Sequence

from profiles.definition import Element, TypeOption
from profiles.loader import Definitions


def find_element(definitions: Definitions, type_name: str, name: str) -> Element | None:
    """Return a type's element by FHIRPath name: `value` finds the choice `value[x]`."""
    if definitions.kind(type_name) == "primitive":
        return None
    for element in definitions.type(type_name).elements:
        if element.name.removesuffix("[x]") == name:
            return element
    return None


def path_types(
    definitions: Definitions, type_name: str, path: Sequence[str]
) -> tuple[TypeOption, ...]:
    """Return the types that a path of element names leads to from a type.

    `("Observation", ("component", "value"))` yields every option of the choice. Empty when no
    such element exists; a path through a choice follows each of its types. Raises UnknownType.
    """
    options: tuple[TypeOption, ...] = (TypeOption("", type_name),)
    for name in path:
        found = [find_element(definitions, option.type, name) for option in _enterable(options)]
        options = tuple(option for element in found if element for option in element.types)
    return options


def _enterable(options: tuple[TypeOption, ...]) -> list[TypeOption]:
    return [option for option in options if option.type != "Resource"]
