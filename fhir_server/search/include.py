"""Resources that come along with the matches: `_include` and `_revinclude`.

Source: https://hl7.org/fhir/R4/search.html#include. What the matches refer to is read from their
own references, so all includes of a page are one statement; each reverse include is one more.
"""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Integer, bindparam, false, or_, select

from fhir_server.db.tables import ix_ref
from fhir_server.model.rest import Context
from fhir_server.outcome import BadRequest, Forbidden, UnknownParameter
from fhir_server.search.options import Options
from fhir_server.search.query import Include
from fhir_server.search.registry import Registry
from fhir_server.search.statement import KEPT, Plan, Template, new_binds, with_values
from fhir_server.search.value import one_of, padded
from fhir_server.search.visible import version_columns, visible


def parse_include(
    text: str, type: str, tenant: int, registry: Registry, *, reverse: bool
) -> Include:
    """Read `Type:parameter` or `Type:parameter:TargetType` of a search of `type`.

    Raises BadRequest for what is no reference parameter or cannot lead from or to the matches.
    """
    name = "_revinclude" if reverse else "_include"
    parts = text.split(":")
    if len(parts) not in {2, 3} or not all(parts):
        raise BadRequest(f"{name} takes Type:parameter or Type:parameter:TargetType")
    source, code, target = (*parts, "")[:3]
    if not registry.definitions.is_resource_type(source):
        raise BadRequest(f"{name}: {source[:64]} is not a resource type")
    try:
        parameter = registry.parameter(tenant, source, code)
    except UnknownParameter as error:
        raise BadRequest(f"{name}: {source} has no such search parameter") from error
    if parameter.type != "reference":
        raise BadRequest(f"{name}: {code} of {source} is not a reference")
    if target and target not in parameter.targets:
        raise BadRequest(f"{name}: {code} of {source} does not refer to {target[:64]}")
    if not reverse and source != type:
        raise BadRequest(f"_include: the matches are {type}, not {source}")
    if reverse and (type not in parameter.targets or target not in {"", type}):
        raise BadRequest(f"_revinclude: {code} of {source} does not refer to {type}")
    return Include(source, code, parameter.slot.own_key, target)


def check_may_come(include: Include, options: Options, *, reverse: bool) -> None:
    """Refuse an include of a type the token does not cover. Raises Forbidden."""
    type = include.type if reverse else include.target
    if not type:
        return
    for types in (options.readable, options.searchable if reverse else None):
        if types is not None and type not in types:
            raise Forbidden(f"the token's scopes do not cover {type}, which would come along")


def plan_included(
    keys: Sequence[int], context: Context, readable: frozenset[str] | None = None
) -> Plan:
    """Return the statement for the resources with these self keys, of the types readable."""
    bound = padded(tuple(keys))
    return with_values(_included(len(bound), context, readable), bound)


def plan_reverse(include: Include, keys: Sequence[int], context: Context, limit: int) -> Plan:
    """Return the statement for at most `limit` resources that refer to these self keys."""
    bound = padded(tuple(keys))
    template = _reverse(include.type, len(bound), context)
    return with_values(template, [include.key, *bound, limit])


@lru_cache(maxsize=KEPT)
def _included(count: int, context: Context, readable: frozenset[str] | None) -> Template:
    rows = visible(None, context)
    chosen = select(*version_columns(rows)).where(one_of(rows.c.self, count, new_binds()))
    if readable is not None:
        chosen = chosen.where(or_(false(), *(rows.c.type == one for one in sorted(readable))))
    return Template(chosen.order_by(rows.c.rid.desc()))


@lru_cache(maxsize=KEPT)
def _reverse(type: str, count: int, context: Context) -> Template:
    rows, binds = visible(type, context), new_binds()
    own = ix_ref.c.key == next(binds)
    referring = select(ix_ref.c.rid).where(own, one_of(ix_ref.c.target, count, binds))
    chosen = select(*version_columns(rows)).where(rows.c.rid.in_(referring))
    chosen = chosen.order_by(rows.c.rid.desc())
    return Template(chosen.limit(bindparam(next(binds).key, type_=Integer)))
