"""`_summary` and `_elements`: which part of each resource is asked for.

Source: https://hl7.org/fhir/R4/search.html#summary, #elements. The parameters are read here for
every interaction and operation; `interactions.cut` makes the answer by them.
"""

from typing import Final

from fhir_server.model.subset import Kind, Subset, spellings
from fhir_server.outcome import BadRequest
from profiles.loader import Definitions

PARAMETERS: Final = ("_summary", "_elements")
KINDS: Final[dict[str, Kind]] = {"true": "true", "text": "text", "data": "data"}
UNUSED: Final = ("false", "count", "")
MAX_NAMES: Final = 200
Pairs = tuple[tuple[str, str], ...]


def read_subset(
    parameters: Pairs, type: str | None, definitions: Definitions, *, counts: bool
) -> Subset | None:
    """Return the part the parameters ask for, None for whole resources.

    `type` is the resource type in the URL, `counts` whether `_summary=count` can be answered.
    Raises BadRequest for an unknown value or element, for both parameters at once, and for
    `_summary=text` with includes, which R4 forbids.
    """
    given = [pair for pair in parameters if pair[0] in PARAMETERS]
    if not given:
        return None
    values = dict(given)
    if len(values) < len(given):
        raise BadRequest("_summary and _elements may be given once", detail="bad-parameter")
    summary, elements = values.get("_summary"), values.get("_elements")
    kind = _kind(summary, counts=counts)
    if elements is None:
        if kind == "text" and any(
            name.startswith(("_include", "_revinc")) for name, _ in parameters
        ):
            raise BadRequest("_summary=text allows no _include or _revinclude")
        return Subset(kind) if kind else None
    if kind is not None or summary == "count":
        raise BadRequest("_summary and _elements exclude each other", detail="bad-parameter")
    names = [name.strip() for name in elements.split(",") if name.strip()]
    if not names or len(names) > MAX_NAMES:
        raise BadRequest("_elements takes 1 to 200 names of elements", detail="bad-parameter")
    return Subset("elements", frozenset(_named(name, type, definitions) for name in names))


def _kind(summary: str | None, *, counts: bool) -> Kind | None:
    if summary == "count" and not counts:
        raise BadRequest("_summary=count is for searches", detail="bad-parameter")
    if summary is None or summary in UNUSED:
        return None
    if summary not in KINDS:
        raise BadRequest("_summary takes true, text, data, count or false", detail="bad-parameter")
    return KINDS[summary]


def _named(name: str, type: str | None, definitions: Definitions) -> tuple[str, str]:
    """Return type and element of `name`, `Type.name`; a bare name is of the type in the URL."""
    of, dot, element = name.partition(".")
    if not dot:
        of, element = type or "", name
    elif not definitions.is_resource_type(of):
        raise BadRequest("_elements takes names of top elements, or Type.element")
    types = [of] if of else definitions.resource_types
    if not any(
        element in spellings(one) for each in types for one in definitions.type(each).elements
    ):
        where = of or "resource"
        raise BadRequest(f"_elements: no {where} has such an element", detail="unknown-element")
    return of, element
