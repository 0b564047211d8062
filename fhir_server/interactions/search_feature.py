"""What a search can do besides its parameters, as the CapabilityStatement tells it.

Source: https://hl7.org/fhir/R4/search.html. A test asks for every row, so that none is untrue.
"""

from fhir_server.model.resource import JsonValue
from fhir_server.search.kind import MODIFIERS
from fhir_server.settings import Settings

EVERYWHERE: tuple[tuple[str, str, str], ...] = (
    ("_has", "special", "Reverse chains, nested and within chains."),
    ("_list", "special", "Items of Lists by their id; no functional lists."),
    ("_filter", "special", "All operators; paths may be chains, with conditions in brackets."),
    ("_type", "special", "In searches of the system and of whole compartments."),
)
"""Name, type and words of the parameters that are answered for every type."""


def search_parameters() -> list[JsonValue]:
    """Return the parameters of every type, for `rest.searchParam`."""
    return [
        {"name": name, "type": type, "documentation": words} for name, type, words in EVERYWHERE
    ]


def search_words(settings: Settings) -> str:
    """Return what is told of searches in words, for `rest.documentation`."""
    modifiers = "; ".join(
        f"{type} {' '.join(f':{one}' for one in names)}"
        for type, names in sorted(MODIFIERS.items())
        if names
    )
    return (
        "Parameters that are not known are refused, and ignored with a note under "
        "Prefer: handling=lenient. "
        f"Modifiers: {modifiers}. "
        f"Chains take up to {settings.search_chain_limit} steps, _has {settings.search_has_limit}; "
        f"a parameter {settings.search_or_limit} values, "
        f"a search {settings.search_criteria_limit} criteria, "
        f"a _filter {settings.search_filter_limit} characters."
    )
