"""Vread: one version as it was (https://hl7.org/fhir/R4/http.html#vread)."""

from fhir_server.interactions.read import found, show
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Reader


def vread(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return a version, also of a resource deleted since.

    Raises NotFound for a version that never was, Gone for the one that deleted the resource.
    """
    with runtime.store.read(request.context) as reader:
        return vread_with(request, runtime, reader)


def vread_with(request: FhirRequest, runtime: Runtime, reader: Reader) -> FhirResponse:
    """Return what `vread` returns, by this reader."""
    del runtime
    type, id = request.instance
    number = request.version or 0
    version = reader.version(type, id, number)
    return show(request, found(version, f"{type}/{id}/_history/{number}"))
