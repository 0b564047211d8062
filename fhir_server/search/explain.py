"""Why a search finds what it finds: its statement and plan, and each criterion by itself.

What is told of a resource is told of those alone that the context may see: one that is hidden and
one that never was have the same answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.search.parameter import Parameter
from fhir_server.search.plan import plan_count, plan_page
from fhir_server.search.query import Criterion, Ids, OfTypes, Query
from fhir_server.search.reads import Reads
from fhir_server.search.registry import Registry
from fhir_server.search.statement import Plan
from fhir_server.search.telling import tell

INDEX = re.compile(
    r"INDEX (?P<lite>\w+)|[Ii]ndex(?: Only)? Scan(?: Backward)? (?:using|on) (?P<big>\w+)"
    r"|SEARCH (?P<own>[a-z_]+?)(?:_\d+)? USING (?:INTEGER )?PRIMARY KEY"
)
"""Indexes in the words of SQLite and PostgreSQL; a table of SQLite may be its own index."""
MOST = 20
"""Most values of one parameter that are shown."""
LONGEST = 200
"""Characters of a value that are shown."""


class Explains(Reads, Protocol):
    """A reader that also tells plans."""

    def statement(self, plan: Plan) -> str:
        """Return the SQL of a plan, without its constants."""
        ...

    def explain(self, plan: Plan) -> list[str]:
        """Return the steps the database takes."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One parameter of a search as its own query; `found` are its matches, at least so many.

    `meets` and `held` are of the resource asked about: whether it matches, and its values.
    """

    name: str
    value: str
    found: int
    exact: bool
    meets: bool | None = None
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A whole search explained, and `told` in plain words.

    `resource` is the one asked about, None when it is not seen; `matches` whether it is found.
    """

    told: str
    statement: str
    steps: tuple[str, ...]
    parts: tuple[Part, ...]
    resource: Version | None = None
    matches: bool = False

    @property
    def indexes(self) -> tuple[str, ...]:
        """The indexes the database enters."""
        named = (match for step in self.steps for match in INDEX.finditer(step))
        return tuple(dict.fromkeys(match[match.lastgroup or 0] for match in named))


def explain(
    query: Query,
    parts: Sequence[tuple[str, str, Query]],
    context: Context,
    registry: Registry,
    reads: Explains,
    id: str | None,
    place: str = "",
) -> Explanation:
    """Return the explanation of a query; `parts` are its parameters, each a query by itself.

    `place` is the resource in whose compartment is searched.
    """
    plan = plan_page(reads.led(query), context)
    seen = _seen(query, context, reads, id) if id else None
    made = (_part(name, value, one, context, registry, reads, seen) for name, value, one in parts)
    return Explanation(
        tell(query, context.tenant, registry, place),
        reads.statement(plan),
        tuple(reads.explain(plan)),
        tuple(made),
        seen,
        seen is not None and _meets(query, seen, context, reads),
    )


def _seen(query: Query, context: Context, reads: Reads, id: str) -> Version | None:
    only: tuple[Criterion, ...] = (OfTypes(query.types),) if query.types else ()
    criteria = (*only, Ids((id,)))
    bare = replace(query, criteria=criteria, order=(), cursor=None, bookmark=None, count=1)
    found = reads.search(plan_page(bare, context))
    return found[0] if found else None


def _meets(query: Query, seen: Version, context: Context, reads: Reads) -> bool:
    own = replace(query, criteria=(*query.criteria, OfTypes((seen.type,)), Ids((seen.id,))))
    return reads.tally(plan_count(own, context)) > 0


def _part(
    name: str,
    value: str,
    query: Query,
    context: Context,
    registry: Registry,
    reads: Reads,
    seen: Version | None,
) -> Part:
    most = query.estimate_limit
    found = reads.tally(plan_count(query, context, most + 1))
    if seen is None:
        return Part(name, value, min(found, most), found <= most)
    meets = _meets(query, seen, context, reads)
    held = _held(name, seen, context, registry)
    return Part(name, value, min(found, most), found <= most, meets, held)


def _held(name: str, version: Version, context: Context, registry: Registry) -> tuple[str, ...]:
    """Return the values of a resource that a parameter reads, as JSON."""
    code = re.split(r"[:.]", name, maxsplit=1)[0]
    parameter: Parameter | None = registry.parameters(context.tenant, version.type).get(code)
    if parameter is None:
        return ()
    resource = decode(version.body)
    values = (
        value
        for source in parameter.sources
        for value in source.values(resource.get(source.member) if source.member else resource)
        if value is not None
    )
    return tuple(encode({"": one})[4:-1].decode()[:LONGEST] for one in values)[:MOST]
