"""From request parameters to a Query.

Source: https://hl7.org/fhir/R4/search.html. Strict unless told to be lenient: a parameter that is
not known is refused with the list of those that are, because ignoring it would return everything.
What the standard has and this server does not answer is refused as not supported.
"""

from collections.abc import Sequence
from dataclasses import replace

from fhir_server.outcome import BadRequest, NotSupported, TooComplex, UnknownParameter
from fhir_server.search.chain import Budget, LeadsNowhere, Names
from fhir_server.search.composite import read_composite
from fhir_server.search.cursor import read_bookmark
from fhir_server.search.escape import is_storable, split
from fhir_server.search.filter import read_filter
from fhir_server.search.include import check_may_come, parse_include
from fhir_server.search.kind import (
    MISSING,
    PRESENCE,
    check_modifier,
    has_presence_rows,
    rank_value,
    read_value,
)
from fhir_server.search.membership import NEGATED
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter
from fhir_server.search.query import (
    Absent,
    Criterion,
    Ids,
    Include,
    Indexed,
    Missing,
    OfTypes,
    Query,
    Updated,
)
from fhir_server.search.registry import OF_WORDS, Registry
from fhir_server.search.several import TYPE, check_sort, has_to_be_typed, merged
from fhir_server.search.sort import parse_sort
from fhir_server.search.text.value import read_words
from fhir_server.search.types import date

WORDS_RANK = 2
"""How many resources words are expected to find, as an order among parameters."""
SHAPING = ("_count", "_summary", "_total", "_sort", "_cursor")
"""Parameters that may stand once and say how to answer."""
FORMAT = ("_format", "_pretty", "_elements")
"""Parameters that belong to the rendering."""
NO_CRITERIA = (*SHAPING, *FORMAT, TYPE, "_include", "_revinclude", "_contained", "_containedType")
"""Parameters that say nothing of which resources match."""
FILTER = "_filter"
NOT_CONTAINED = ("_contained", "false")
"""What is asked anyway: contained resources are no matches of their own."""
UNANSWERED = (
    "_contained",
    "_containedType",
    "_score",
)
"""Parameters of the standard that are known but not answered."""


def is_criterion(name: str) -> bool:
    """Whether a parameter narrows down what matches."""
    return name.partition(":")[0] not in NO_CRITERIA


def parse(
    parameters: Sequence[tuple[str, str]],
    type: str,
    tenant: int,
    registry: Registry,
    options: Options,
) -> Query:
    """Return the query of decoded request parameters.

    Raises UnknownParameter, NotSupported or BadRequest, naming the parameter.
    """
    return parse_types(parameters, (type,), tenant, registry, options)


def parse_types(
    parameters: Sequence[tuple[str, str]],
    types: Sequence[str],
    tenant: int,
    registry: Registry,
    options: Options,
    within: Sequence[Criterion] = (),
) -> Query:
    """Return the query of decoded request parameters on types that are given, one or several.

    `within` are criteria that come from elsewhere, as from the path. Raises as `parse` does.
    """
    reading = _Reading(types, tenant, registry, options)
    for name, value in parameters:
        reading.take(name, value)
    query = reading.query()
    criteria = (*within, *query.criteria)
    if len(types) == 1:
        return replace(query, criteria=criteria)
    if has_to_be_typed(types, criteria, registry.definitions.resource_types):
        criteria = (*criteria, OfTypes(tuple(types)))
    return replace(query, type="", types=tuple(types), criteria=criteria)


class _Reading:
    """Gathers a query parameter by parameter."""

    def __init__(
        self, types: Sequence[str], tenant: int, registry: Registry, options: Options
    ) -> None:
        self._types = types
        self._type = types[0]
        self._tenant = tenant
        self._registry = registry
        self._options = options
        budget = Budget(options.criteria_limit * len(types))
        self._names = Names(tenant, registry, options, read_criterion, budget)
        self._criteria: list[Criterion] = []
        self._shaping: dict[str, str] = {}
        self._includes: list[Include] = []
        self._revincludes: list[Include] = []
        self._understood: list[tuple[str, str]] = []
        self._ignored: list[str] = []

    def take(self, name: str, value: str) -> None:
        """Read one parameter."""
        code = name.partition(":")[0]
        if not is_storable(value):
            raise BadRequest(f"{code} has a character that no value may have")
        if name in FORMAT or name == TYPE or (name, value) == NOT_CONTAINED:
            self._understood.append((name, value))
        elif name in SHAPING:
            self._shape(name, value)
        elif code in {"_include", "_revinclude"}:
            self._include(name, value)
        elif code in UNANSWERED:
            raise NotSupported(f"{code} is not supported yet")
        else:
            self._criterion(name, value)

    def query(self) -> Query:
        """Return what was gathered."""
        shaping, options = self._shaping, self._options
        count = _count(shaping.get("_count"), options)
        sort = shaping.get("_sort")
        if sort and len(self._types) > 1:
            check_sort(sort)
        order = parse_sort(sort, self._type, self._tenant, self._registry) if sort else ()
        link = shaping.get("_cursor")
        bookmark = read_bookmark(link, order, options.now) if link is not None else None
        return Query(
            type=self._type,
            criteria=tuple(self._criteria),
            order=order,
            count=count,
            includes=tuple(dict.fromkeys(self._includes)),
            revincludes=tuple(dict.fromkeys(self._revincludes)),
            include_limit=options.include_limit,
            include_depth=options.include_depth,
            readable=options.readable,
            searchable=options.searchable,
            total=_total(shaping.get("_total")),
            estimate_limit=options.estimate_limit,
            only_count=count == 0 or _summary(shaping.get("_summary")) == "count",
            cursor=bookmark.place if bookmark else None,
            bookmark=bookmark,
            parameters=tuple(self._understood),
            ignored=tuple(self._ignored),
            now=options.now,
            base=options.base,
        )

    def _shape(self, name: str, value: str) -> None:
        if name in self._shaping:
            raise BadRequest(f"{name} may be given once")
        self._shaping[name] = value
        if name != "_cursor":
            self._understood.append((name, value))

    def _include(self, name: str, value: str) -> None:
        found = parse_include(name, value, self._types, self._tenant, self._registry)
        reverse = name.startswith("_revinclude")
        check_may_come(found, self._options, reverse=reverse)
        (self._revincludes if reverse else self._includes).append(found)
        self._understood.append((name, value))

    def _criterion(self, name: str, value: str) -> None:
        try:
            criterion = self._read(name, value)
        except UnknownParameter:
            if not self._options.lenient:
                raise
            self._ignored.append(name)
            return
        self._criteria.append(criterion)
        self._understood.append((name, value))

    def _read(self, name: str, value: str) -> Criterion:
        if len(self._types) == 1:
            return self._on(self._type, name, value)
        try:
            return merged([(type, self._on(type, name, value)) for type in self._types])
        except (UnknownParameter, LeadsNowhere) as error:
            raise UnknownParameter(
                f"{error}; a search of several types takes what all of them have"
            ) from error

    def _on(self, type: str, name: str, value: str) -> Criterion:
        if name == FILTER:
            return read_filter(value, type, self._names)
        return self._names.criterion(type, name, value)


def read_criterion(
    parameter: Parameter, modifier: str | None, text: str, options: Options
) -> Criterion:
    """Return the criterion of one parameter; commas separate alternatives.

    Raises BadRequest, NotSupported, TooComplex.
    """
    if modifier is not None:
        check_modifier(parameter, modifier)
    if modifier == MISSING:
        return _missing(parameter, text)
    texts = split(text, ",")
    if "" in texts:
        raise BadRequest(f"{parameter.code} has an empty value")
    if len(texts) > options.or_limit:
        raise TooComplex.of(
            f"{parameter.code} takes at most {options.or_limit} values", "search_or_limit"
        )
    if parameter.code == "_id":
        return Ids(tuple(dict.fromkeys(texts)), modifier == "not")
    if parameter.type == "composite":
        return read_composite(texts, parameter, options)
    if parameter.code == "_lastUpdated":
        return Updated(date.parse(texts, modifier, parameter, options).comparisons)
    if parameter.code in OF_WORDS:
        words = read_words(texts, parameter.code, options)
        return Indexed(parameter.code, words, rank=WORDS_RANK)
    value = read_value(texts, modifier, parameter, options)
    return Indexed(parameter.code, value, modifier in NEGATED, rank_value(parameter, value))


def _missing(parameter: Parameter, text: str) -> Criterion:
    if text not in {"true", "false"}:
        raise BadRequest(f"{parameter.code}:missing takes true or false")
    code, slot, missing = parameter.code, parameter.slot, text == "true"
    if code in {"_id", "_lastUpdated"}:  # which no resource lacks
        return Ids((), negated=not missing)
    if has_presence_rows(parameter):
        return Missing(code, PRESENCE[parameter.type], slot.own_key, missing)
    if parameter.bit:
        return Absent(code, parameter.bit, missing)
    return Missing(code, "eq", slot.variant("missing").own_key, missing)


def _count(text: str | None, options: Options) -> int:
    if text is None:
        return options.page_size
    if not (text.isascii() and text.isdigit()):
        raise BadRequest("_count takes a whole number, 0 or more")
    return min(int(text[:12]), options.page_limit)


def _summary(text: str | None) -> str | None:
    if text not in {None, "count", "false", "true", "text", "data"}:
        raise BadRequest("_summary takes true, text, data, count or false")
    return text


def _total(text: str | None) -> str:
    if text not in {None, "none", "estimate", "accurate"}:
        raise BadRequest("_total takes none, estimate or accurate")
    return text or ""
