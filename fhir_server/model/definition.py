"""Finding elements in the R4 definitions by the name FHIRPath gives them."""

from profiles.definition import Element
from profiles.loader import Definitions


def find_element(definitions: Definitions, type_name: str, name: str) -> Element | None:
    """Return a type's element by FHIRPath name: `value` finds the choice `value[x]`."""
    if definitions.kind(type_name) == "primitive":
        return None
    for element in definitions.type(type_name).elements:
        if element.name.removesuffix("[x]") == name:
            return element
    return None
