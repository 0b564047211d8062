"""The transaction of a message, carried out: what our own maps made needs no reading again.

A Bundle of puts, conditional puts and conditional creates is written as `interactions.transaction`
would write it, without what only a client can get wrong: addresses, scopes, conditions. Its
resources are judged by their definitions all the same. A Bundle with anything else in it is
carried out by `interactions.transaction`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fhir_server.intake.v2_criteria import criteria_of
from fhir_server.interactions.entry_error import move_issue
from fhir_server.interactions.integrity import check_references
from fhir_server.interactions.maintained import with_maintained
from fhir_server.interactions.match import matches, sole
from fhir_server.interactions.transaction import execute
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.outcome import BadRequest, Invalid, TooLarge
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Link
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored
from fhir_server.store.write import Create, Update

PLACEHOLDER = "urn:uuid:"
POINTERS = ("reference", "url")
"""Members that may name another entry of the Bundle: of a Reference, of an Attachment."""


@dataclass(frozen=True, slots=True)
class Part:
    """One entry: the resource it is about, and what it wants to be there.

    `found` is what its criteria found; a create that found something writes nothing.
    """

    full_url: str
    type: str
    id: str
    resource: JsonObject
    found: Version | None
    writes: bool
    is_new: bool


def write_plan(bundle: JsonObject, work: UnitOfWork, runtime: Runtime) -> tuple[Link, ...]:
    """Carry out the transaction of a message; return the resources it wrote or found.

    Raises what `interactions.transaction.execute` raises.
    """
    entries = _entries(bundle)
    if len(entries) > runtime.settings.bundle_limit:
        raise TooLarge(f"the message has more than {runtime.settings.bundle_limit} resources")
    if not all(_is_plain(one) for one in entries):
        return tuple(_links(execute(bundle, work, runtime)))
    _judge(entries, runtime)
    parts = list(_parts(entries, work, runtime))
    if len({(one.type, one.id) for one in parts if one.writes}) < sum(one.writes for one in parts):
        return tuple(_links(execute(bundle, work, runtime)))
    _write(parts, work, runtime)
    return tuple(dict.fromkeys(Link(one.type, one.id) for one in parts))


def _entries(bundle: JsonObject) -> list[JsonObject]:
    given = bundle.get("entry")
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _request(entry: JsonObject) -> JsonObject:
    request = entry.get("request")
    return request if isinstance(request, dict) else {}


def _is_plain(entry: JsonObject) -> bool:
    """Tell whether an entry is one of those our maps make, with its resource."""
    request = _request(entry)
    others = request.keys() - {"method", "url", "ifNoneExist"}
    put = request.get("method") == "PUT" and "ifNoneExist" not in request
    created = request.get("method") == "POST" and "ifNoneExist" in request
    return not others and (put or created) and isinstance(entry.get("resource"), dict)


def _judge(entries: Sequence[JsonObject], runtime: Runtime) -> None:
    """Refuse resources that break their definitions. Raises Invalid with every issue."""
    issues = [
        move_issue(issue, index)
        for index, entry in enumerate(entries)
        for issue in runtime.validator.check(_resource(entry))
    ]
    if any(issue.severity in ("error", "fatal") for issue in issues):
        raise Invalid("resources of the message break their definitions", issues=issues)


def _parts(entries: Sequence[JsonObject], work: UnitOfWork, runtime: Runtime) -> Iterator[Part]:
    made: dict[str, Part] = {}
    for entry in entries:
        request, resource = _request(entry), _resource(entry)
        type, full_url = str(resource["resourceType"]), str(entry.get("fullUrl", ""))
        address, _, query = str(request["url"]).partition("?")
        is_create = request["method"] == "POST"
        match = str(request["ifNoneExist"]) if is_create else query
        if not match:
            id = address.partition("/")[2]
            yield Part(full_url, type, id, resource, None, writes=True, is_new=False)
            continue
        criteria = criteria_of(type, match, runtime)
        work.claim(criteria.key)
        if is_create and criteria.key in made:
            first = made[criteria.key]
            yield Part(full_url, type, first.id, resource, None, writes=False, is_new=False)
            continue
        found = sole(matches(criteria, work))
        id = found.id if found else str(resource.get("id") or runtime.store.ids.resource_id())
        writes = not (is_create and found)
        part = Part(full_url, type, id, resource, found, writes, is_new=found is None)
        made[criteria.key] = part
        yield part


def _write(parts: Sequence[Part], work: UnitOfWork, runtime: Runtime) -> None:
    names = {one.full_url: f"{one.type}/{one.id}" for one in parts if one.full_url}
    writing = [one for one in parts if one.writes]
    known = work.lock_many([(one.type, one.id) for one in writing if not one.is_new])
    wishes = [_wish(one, known.get((one.type, one.id)), names) for one in writing]
    work.apply(wishes)
    check_references([one.resource for one in wishes], work, runtime, "")


def _wish(part: Part, current: Stored | None, names: Mapping[str, str]) -> Create | Update:
    resource = _resolved(part.resource | {"id": part.id}, names)
    resource = with_maintained(resource, current)
    if current is None:
        return Create(part.type, resource, part.id)
    return Update(current, resource)


def _resolved(value: JsonObject, names: Mapping[str, str]) -> JsonObject:
    """Return an object with what names other entries replaced; the argument is not changed.

    Raises BadRequest for a name of no entry.
    """
    changed: JsonObject = {}
    for key, member in value.items():
        new: JsonValue = member
        if isinstance(member, dict):
            new = _resolved(member, names)
        elif isinstance(member, list):
            new = _all_resolved(member, names)
        elif key in POINTERS and isinstance(member, str) and member.startswith(PLACEHOLDER):
            new = names.get(member, member)
            if new is member and key == "reference":
                raise BadRequest("a reference leads to no entry", detail="unresolved-reference")
        if new is not member:
            changed[key] = new
    return value | changed if changed else value


def _all_resolved(values: list[JsonValue], names: Mapping[str, str]) -> list[JsonValue]:
    new: list[JsonValue] = [
        _resolved(one, names) if isinstance(one, dict) else one for one in values
    ]
    return new if any(a is not b for a, b in zip(new, values, strict=True)) else values


def _resource(entry: JsonObject) -> JsonObject:
    resource = entry["resource"]
    return resource if isinstance(resource, dict) else {}


def _links(response: JsonObject) -> Iterator[Link]:
    """Yield the resources a transaction wrote or found."""
    entries = response.get("entry")
    for entry in entries if isinstance(entries, list) else []:
        answered = entry.get("response") if isinstance(entry, dict) else None
        place = str(answered.get("location", "")) if isinstance(answered, dict) else ""
        parts = place.split("/_history/", maxsplit=1)[0].rsplit("/", 2)
        if len(parts) >= 2:
            yield Link(parts[-2], parts[-1])
