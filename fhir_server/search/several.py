"""Searches of several types at once: of the whole system, or of a compartment.

Source: https://hl7.org/fhir/R4/search.html#all. A parameter has to be one that all the types
have. Its keys are those of every type, in one set where they are equal or hashed values.
"""

from collections.abc import Sequence
from dataclasses import replace

from fhir_server.outcome import BadRequest, Forbidden
from fhir_server.search.options import Options
from fhir_server.search.query import Criterion, Ids, Indexed, Reverse, Some, Typed, Updated
from fhir_server.search.sort import COLUMNS
from fhir_server.search.value import Keys

TYPE = "_type"


def asked_types(
    parameters: Sequence[tuple[str, str]], able: Sequence[str], options: Options
) -> tuple[str, ...]:
    """Return the types of a search, of those able to match: as `_type` asks, else all.

    What the token may not search is left out, or refused where `_type` names it. Raises
    BadRequest, Forbidden.
    """
    texts = [value for name, value in parameters if name == TYPE]
    if len(texts) > 1:
        raise BadRequest(f"{TYPE} may be given once")
    searchable = options.searchable
    if not texts:
        types = tuple(one for one in able if searchable is None or one in searchable)
        if not types:
            raise Forbidden("the token allows search on no type", detail="insufficient-scope")
        return types
    named = tuple(dict.fromkeys(texts[0].split(",")))
    for type in named:
        if type not in able:
            raise BadRequest(f"{TYPE}: {type[:64]} is not a resource type that can be found here")
        if searchable is not None and type not in searchable:
            raise Forbidden(
                f"the token does not allow search on {type}; "
                f"it would need the scope system/{type}.s",
                detail="insufficient-scope",
            )
    return named


def check_sort(text: str) -> None:
    """Refuse to sort several types by what is not a column of all resources."""
    if any(code.removeprefix("-") not in COLUMNS for code in text.split(",")):
        known = " and ".join(sorted(COLUMNS))
        raise BadRequest(f"_sort of a search of several types takes {known}")


def has_to_be_typed(
    types: Sequence[str], criteria: Sequence[Criterion], every: Sequence[str]
) -> bool:
    """Whether the types have to be a criterion of their own.

    All types need none, unless by it an index is entered that begins with the type.
    """
    return len(types) < len(every) or any(isinstance(one, Ids | Updated) for one in criteria)


def merged(criteria: Sequence[tuple[str, Criterion]]) -> Criterion:
    """Return the criterion of one parameter on several types, from those on each."""
    found = [criterion for _, criterion in criteria]
    first = found[0]
    if isinstance(first, Ids | Updated | Reverse) and all(one == first for one in found):
        return first
    keys = _keys(found)
    if keys is not None:
        return keys
    return Some(tuple(Typed(type, criterion) for type, criterion in criteria))


def _keys(criteria: Sequence[Criterion]) -> Indexed | None:
    """Return one set of keys for all criteria that are such: the keys hold the type."""
    indexed = [one for one in criteria if isinstance(one, Indexed) and isinstance(one.value, Keys)]
    first = indexed[0] if indexed else None
    if first is None or len(indexed) < len(criteria):
        return None
    if any((one.negated, one.value.table) != (first.negated, first.value.table) for one in indexed):
        return None
    keys = dict.fromkeys(
        key for one in indexed if isinstance(one.value, Keys) for key in one.value.keys
    )
    is_open = any(one.value.open for one in indexed)
    rank = max(one.rank for one in indexed)
    return replace(first, value=Keys(tuple(keys), first.value.table, is_open), rank=rank)
