"""$meta, $meta-add and $meta-delete: profiles, tags and security labels by themselves.

Source: https://hl7.org/fhir/R4/resource-operation-meta.html and its two siblings. A change makes a
new version of the resource: history is never rewritten, so that of older versions is refused.
"""

from collections.abc import Callable, Iterator

from fhir_server.interactions.content import check_content, check_whole
from fhir_server.interactions.read import found
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations.inputs import read_inputs
from fhir_server.outcome import BadRequest, Conflict, TooCostly
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

LISTS = ("profile", "security", "tag")
MOST_READ = 200_000
"""Resources read for the metadata of a type or of the system."""
Change = Callable[[list[JsonValue], list[JsonValue]], list[JsonValue]]


def show_meta(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return the Meta of a resource or version, or all that is used in a type or the system.

    Raises NotFound, Gone; TooCostly where more than MOST_READ resources would be read.
    """
    read_inputs(request, ())
    with runtime.store.read(request.context) as reader:
        if request.id is None:
            return answer(gathered(reader, request.type))
        version = named(request, reader)
    meta = decode(version.body).get("meta")
    return answer(meta if isinstance(meta, dict) else {})


def named(request: FhirRequest, reader: Reader) -> Version:
    """Return the version a request names. Raises NotFound, Gone."""
    type, id = request.instance
    if request.version is None:
        return found(reader.current(type, id), f"{type}/{id}")
    known = reader.version(type, id, request.version)
    return found(known, f"{type}/{id}/_history/{request.version}")


def gathered(reader: Reader, type: str | None) -> JsonObject:
    """Return the union of the profiles, labels and tags of all resources of a type, or of all."""
    known: dict[str, dict[bytes, JsonValue]] = {name: {} for name in LISTS}
    for number, version in enumerate(reader.stream(type)):
        if number >= MOST_READ:
            raise TooCostly("too many resources to gather the metadata of; ask for a type")
        if not any(b'"%s"' % name.encode() in version.body for name in LISTS):
            continue
        for name, value in listed(decode(version.body).get("meta")):
            known[name].setdefault(encode({"": value}), value)
    return {name: [*values.values()] for name, values in known.items() if values}


def listed(meta: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Yield each profile, label and tag of a Meta with the name of its list."""
    members = meta if isinstance(meta, dict) else {}
    for name in LISTS:
        values = members.get(name)
        for value in values if isinstance(values, list) else ():
            yield name, value


def add_meta(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Add the profiles, labels and tags given; those there already stay once."""
    return changed(request, runtime, _added)


def delete_meta(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Take away the profiles, labels and tags given; one that is not there is no error."""
    return changed(request, runtime, _without)


def changed(request: FhirRequest, runtime: Runtime, change: Change) -> FhirResponse:
    """Store the resource with its lists changed and return the Meta it has then.

    Raises BadRequest without a Meta, NotFound, Gone, Conflict for a version of the past, Invalid.
    """
    given = read_inputs(request, ("meta",)).object("meta")
    if given is None:
        raise BadRequest("the parameter meta is missing", detail="no-meta")
    version = runtime.store.transact(
        request.context, lambda work: _write(request, given, change, work, runtime)
    )
    meta = decode(version.body).get("meta")
    return answer(meta if isinstance(meta, dict) else {})


def _write(
    request: FhirRequest, given: JsonObject, change: Change, work: UnitOfWork, runtime: Runtime
) -> Version:
    type, id = request.instance
    current = found(work.lock(type, id), f"{type}/{id}")
    if request.version not in (None, current.number):
        found(work.version(type, id, request.version or 0), f"{type}/{id}/_history")
        raise Conflict("the version is not the current one, and the past is not rewritten")
    resource = decode(current.body)
    old = resource.get("meta")
    meta = dict(old) if isinstance(old, dict) else {}
    for name in LISTS:
        values, asked = meta.get(name, []), given.get(name, [])
        if not isinstance(values, list) or not isinstance(asked, list):
            raise BadRequest(f"meta.{name} must be a list", expression=f"Meta.{name}")
        after = change(values, asked)
        meta.pop(name, None)
        meta |= {name: after} if after else {}
    resource = resource | {"meta": meta}
    check_content(resource, runtime.validator)
    check_whole(resource)
    return work.update(current, resource)


def _identity(value: JsonValue) -> JsonValue:
    """Return what tells two entries apart: a coding's system and code, a profile itself."""
    if not isinstance(value, dict):
        return value
    return [value.get("system"), value.get("code")]


def _added(values: list[JsonValue], asked: list[JsonValue]) -> list[JsonValue]:
    made = list(values)
    for one in asked:
        if _identity(one) not in map(_identity, made):
            made.append(one)
    return made


def _without(values: list[JsonValue], asked: list[JsonValue]) -> list[JsonValue]:
    gone = [_identity(one) for one in asked]
    return [one for one in values if _identity(one) not in gone]


def answer(meta: JsonObject) -> FhirResponse:
    """Return Parameters with the Meta."""
    parameter: JsonObject = {"name": "return", "valueMeta": meta}
    if not meta:
        # an empty object is not FHIR
        return FhirResponse(200, encode({"resourceType": "Parameters"}))
    return FhirResponse(200, encode({"resourceType": "Parameters", "parameter": [parameter]}))
