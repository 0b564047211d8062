"""Following the expression of a SearchParameter, and saying where it cannot be followed."""

import re

from fhir_server.outcome import Invalid
from fhir_server.search.expression import ExpressionError, Source, compile_expression
from profiles.loader import Definitions

FIRST_NAME = re.compile(r"[\s(]*([A-Za-z]+)")
DETAIL = "search-parameter"


def begins_elsewhere(part: str, type: str, definitions: Definitions) -> bool:
    """Whether an alternative begins at another resource type."""
    first = FIRST_NAME.match(part)
    return first is not None and first[1] != type and definitions.is_resource_type(first[1])


def followed(
    part: str,
    type: str,
    definitions: Definitions,
    whole: str,
    start: int,
    element: str = "expression",
) -> tuple[Source, ...]:
    """Return the sources of a part of an expression that begins at `start`. Raises Invalid."""
    try:
        sources = compile_expression(part, type, definitions)
    except ExpressionError as error:
        place = start + error.position + 1
        reason = f"the expression {whole!r} cannot be followed at character {place}: {error}"
        raise refused(reason, element) from error
    if not sources:
        raise refused(f"the expression {whole!r} leads to nothing in {type}", element)
    return sources


def refused(reason: str, element: str) -> Invalid:
    """Return the error about one element of a SearchParameter."""
    return Invalid(reason, expression=f"SearchParameter.{element}", detail=DETAIL)
