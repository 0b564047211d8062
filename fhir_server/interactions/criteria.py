"""Conditional criteria, read: strictly, because a parameter not known would match everything.

Source: https://hl7.org/fhir/R4/http.html#ccreate.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from fhir_server.interactions.address import query_pairs
from fhir_server.interactions.force import by_those_in_force
from fhir_server.model.date import microseconds
from fhir_server.model.rest import Context
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.runtime import Runtime
from fhir_server.search.options import Options
from fhir_server.search.parse import SHAPING, parse
from fhir_server.search.query import Indexed, Query
from fhir_server.search.value import Keys
from fhir_server.security.scope import granted_types

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Criteria:
    """Criteria of one type, ready to be matched; `key` is the same for the same criteria."""

    type: str
    key: str
    query: Query

    @property
    def sole_key(self) -> int | None:
        """The index key that alone decides (`identifier=system|value`); None where more does."""
        match self.query.criteria:
            case (Indexed(value=Keys(keys=(key,), table="eq", open=False), negated=False),):
                return key
        return None

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
            raise no_criteria()
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
        if not query.criteria:
            raise no_criteria()
        return cls(type, f"{type}?{urlencode(sorted(parameters))}", query)


def no_criteria() -> BadRequest:
    """Return the error of criteria that leave nothing out: they would match everything."""
    return BadRequest("conditional criteria are search parameters", detail="no-criteria")


def refuse_words() -> None:
    """Refuse words as conditions: they are read after a commit, too late to decide a write."""
    raise NotSupported("conditional criteria cannot ask for words: _text, _content or :text")
