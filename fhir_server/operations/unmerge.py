"""Patient/{id}/$unmerge: undo the merge of a patient into another one.

The patient is active again under its own identifiers, and what the merge made refer to the
survivor refers to it again, by a job of the worker.
"""

from fhir_server.intake.v2_people import undo_merge
from fhir_server.interactions.audit import Deed, record_deed
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import Conflict, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork


def unmerge(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Undo a merge. Raises NotFound, or Conflict for a patient that was not merged."""
    type, id = request.instance

    def action(work: UnitOfWork) -> tuple[str, ...]:
        current = work.current(type, id)
        if current is None or current.deleted:
            raise NotFound(f"{type}/{id} is not known")
        changed = undo_merge(id, work, runtime)
        if not changed:
            raise Conflict(f"{type}/{id} was not merged into another patient")
        record_deed(Deed("unmerge", f"{type}/{id}", {"patients": len(changed)}, {}), work, runtime)
        return changed

    changed = runtime.store.transact(request.context, action)
    parameter: list[JsonValue] = []
    for one in sorted(changed):
        row: JsonObject = {"name": "patient", "valueReference": {"reference": one}}
        parameter.append(row)
    return FhirResponse(200, encode({"resourceType": "Parameters", "parameter": parameter}))
