"""What shall come along with the matches: `_include` and `_revinclude`, read from their texts.

Source: https://hl7.org/fhir/R4/search.html#include. `Type:parameter[:TargetType]`, `Type:*` for
every reference parameter of a type, `*` for all there are. `:iterate` (in older servers
`:recurse`) applies an include to what has come along, too.
"""

from collections.abc import Sequence

from fhir_server.outcome import BadRequest, Forbidden, NotSupported, UnknownParameter
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter
from fhir_server.search.query import Include
from fhir_server.search.registry import Registry

ANY = "*"
ITERATE = ("iterate", "recurse")


def parse_include(
    name: str, text: str, types: Sequence[str], tenant: int, registry: Registry
) -> Include:
    """Read an include of a search of these types; `name` is as in the URL.

    Raises BadRequest for what is no reference parameter or cannot lead from or to the matches.
    """
    code, _, modifier = name.partition(":")
    if modifier and modifier not in ITERATE:
        raise NotSupported(f"{code}:{modifier[:64]} is not supported")
    iterate = bool(modifier)
    if text == ANY:
        return Include("", ANY, iterate=iterate)
    parts = text.split(":")
    if len(parts) not in {2, 3} or not all(parts):
        raise BadRequest(f"{code} takes Type:parameter, Type:parameter:TargetType, Type:* or *")
    source, parameter, target = (*parts, "")[:3]
    if not registry.definitions.is_resource_type(source):
        raise BadRequest(f"{code}: {source[:64]} is not a resource type")
    if target and not registry.definitions.is_resource_type(target):
        raise BadRequest(f"{code}: {target[:64]} is not a resource type")
    if not iterate and code == "_include" and source not in types:
        raise BadRequest(f"_include: the matches are {', '.join(types[:5])}, not {source}")
    include = Include(source, parameter, target, iterate)
    if parameter != ANY:
        _check_leads(code, include, _reference(code, include, tenant, registry), types)
    return include


def _reference(code: str, include: Include, tenant: int, registry: Registry) -> Parameter:
    source, name = include.type, include.code
    try:
        parameter = registry.parameter(tenant, source, name)
    except UnknownParameter as error:
        raise BadRequest(f"{code}: {source} has no such search parameter") from error
    if parameter.type != "reference":
        raise BadRequest(f"{code}: {name} of {source} is not a reference")
    return parameter


def _check_leads(code: str, include: Include, parameter: Parameter, types: Sequence[str]) -> None:
    told, target = f"{include.code} of {include.type}", include.target
    if target and target not in parameter.targets:
        raise BadRequest(f"{code}: {told} does not refer to {target}")
    if code == "_include" or include.iterate:
        return
    if not any(type in parameter.targets and target in {"", type} for type in types):
        raise BadRequest(f"_revinclude: {told} does not refer to {', '.join(types[:5])}")


def check_may_come(include: Include, options: Options, *, reverse: bool) -> None:
    """Refuse an include of a type the token does not cover. Raises Forbidden.

    What names no type brings those types only that the token covers.
    """
    type = include.type if reverse else include.target
    if not type:
        return
    for types in (options.readable, options.searchable if reverse else None):
        if types is not None and type not in types:
            raise Forbidden(f"the token's scopes do not cover {type}, which would come along")
