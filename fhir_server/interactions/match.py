"""Conditional criteria: the one resource a search names.

Source: https://hl7.org/fhir/R4/http.html#ccreate. Criteria are read strictly: a parameter that is
not known would match everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fhir_server.interactions.address import query_pairs
from fhir_server.interactions.force import by_those_in_force
from fhir_server.model.date import microseconds
from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.outcome import BadRequest, MultipleMatches, NotSupported
from fhir_server.runtime import Runtime
from fhir_server.search.options import Options
from fhir_server.search.parse import SHAPING, parse
from fhir_server.search.plan import plan_page
from fhir_server.search.query import Query
from fhir_server.security.scope import granted_types
from fhir_server.store.reader import Reader

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Criteria:
    """Criteria of one type, ready to be matched; `key` is the same for the same criteria."""

    type: str
    key: str
    query: Query

    @classmethod
    def parse(
        cls, type: str, text: str, runtime: Runtime, context: Context | None = None
    ) -> "Criteria":
        """Return the criteria of a query text, as If-None-Exist has it. Raises as `of` does."""
        pairs = query_pairs(text.removeprefix(type).removeprefix("?"))
        return cls.of(type, pairs, runtime, context)

    @classmethod
    def of(
        cls, type: str, parameters: Pairs, runtime: Runtime, context: Context | None = None
    ) -> "Criteria":
        """Return the criteria of query parameters.

        Chains lead to types that `context` may search; without one, to all. Raises BadRequest,
        UnknownParameter, Forbidden.
        """
        if not parameters or any(name.startswith(SHAPING) for name, _ in parameters):
            raise BadRequest("conditional criteria are search parameters", detail="no-criteria")
        settings = runtime.settings
        asking = context or Context(tenant=settings.tenant)
        options = Options(
            now=microseconds(runtime.clock()),
            or_limit=settings.search_or_limit,
            criteria_limit=settings.search_criteria_limit,
            chain_limit=settings.search_chain_limit,
            has_limit=settings.search_has_limit,
            filter_limit=settings.search_filter_limit,
            searchable=granted_types(asking.scopes, "s"),
            terminology=runtime.terminology_for(asking),
            near=settings.near_distance,
            words=refuse_words,
        )
        query = by_those_in_force(
            lambda registry: parse(parameters, type, settings.tenant, registry, options),
            settings.tenant,
            runtime,
        )
        return cls(type, f"{type}?{urlencode(sorted(parameters))}", query)


def refuse_words() -> None:
    """Refuse words as conditions: they are read after a commit, too late to decide a write."""
    raise NotSupported("conditional criteria cannot ask for words: _text, _content or :text")


def matches(criteria: Criteria, reader: Reader, *, limit: int = 2) -> list[Version]:
    """Return at most `limit` stored resources that the criteria match."""
    plan = plan_page(replace(criteria.query, count=limit - 1), reader.context)
    return reader.search(plan)


def sole(found: Sequence[Version]) -> Version | None:
    """Return the one match, None without any. Raises MultipleMatches."""
    if len(found) > 1:
        raise MultipleMatches("the criteria match more than one resource")
    return found[0] if found else None


def match_one(criteria: Criteria, reader: Reader) -> Version | None:
    """Return the one stored resource the criteria match, None without any.

    Raises MultipleMatches.
    """
    return sole(matches(criteria, reader))
