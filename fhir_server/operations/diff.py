"""$diff: what changed between two versions of a resource, or between two of a type.

The answer is a FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html) that makes the second of
the first. The operation is our own, with the parameters other servers give it.
"""

import re

from fhir_server.interactions.difference import difference
from fhir_server.interactions.read import found
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations.inputs import Inputs, read_inputs
from fhir_server.outcome import BadRequest, NotFound
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require
from fhir_server.store.reader import Reader

INSTANCE = ("fromVersion", "toVersion", "includeMeta")
SYSTEM = ("from", "to", "includeMeta")
_REFERENCE = re.compile(
    r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([0-9]{1,9}))?", re.ASCII
)


def diff(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return Parameters with the operations that lead from one version to the other.

    Of an instance: from `fromVersion` (without it, the one before) to `toVersion` (without it,
    the current one). Of the system: `from` and `to` are references. Raises NotFound, Gone,
    BadRequest, Forbidden.
    """
    inputs = read_inputs(request, SYSTEM if request.id is None else INSTANCE)
    with runtime.store.read(request.context) as reader:
        pair = (
            _named(inputs, request, reader) if request.id is None else _own(inputs, request, reader)
        )
    old, new = pair
    if old.type != new.type:
        raise BadRequest("a difference is between resources of one type", detail="type-mismatch")
    stamps = inputs.flag("includeMeta")
    made = difference(decode(old.body), decode(new.body), runtime.definitions, stamps=stamps)
    return FhirResponse(200, encode(made))


def _own(inputs: Inputs, request: FhirRequest, reader: Reader) -> tuple[Version, Version]:
    type, id = request.instance
    require(request.context, type, "r")
    name = f"{type}/{id}"
    last = _number(inputs.text("toVersion"), "toVersion")
    new = found(reader.current(type, id) if last is None else reader.version(type, id, last), name)
    given = _number(inputs.text("fromVersion"), "fromVersion")
    first = new.number - 1 if given is None else given
    if first < 1:
        raise NotFound(f"{name} has no version before this one", detail="no-version")
    return found(reader.version(type, id, first), f"{name}/_history/{first}"), new


def _named(inputs: Inputs, request: FhirRequest, reader: Reader) -> tuple[Version, Version]:
    return (
        _referred("from", inputs, request, reader),
        _referred("to", inputs, request, reader),
    )


def _referred(name: str, inputs: Inputs, request: FhirRequest, reader: Reader) -> Version:
    text = (inputs.text(name) or "").removeprefix(f"{request.base}/")
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise BadRequest(f"{name} must be a reference such as Patient/1 or Patient/1/_history/2")
    type, id, number = match.groups()
    require(request.context, type, "r")
    version = reader.version(type, id, int(number)) if number else reader.current(type, id)
    return found(version, text)


def _number(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise BadRequest(f"{name} must be the number of a version", detail="bad-parameter")
    return int(text)
