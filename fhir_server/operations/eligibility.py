"""$check-eligibility of a Coverage and $submit of a CoverageEligibilityRequest: ask the payer.

Source of $submit: https://hl7.org/fhir/R4/coverageeligibilityrequest-operation-submit.html.
"""

from fhir_server.billing.eligibility import send_requests, submit_request
from fhir_server.interactions.content import check_content, check_type
from fhir_server.interactions.write import insert
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context, FhirRequest, FhirResponse
from fhir_server.operations.inputs import Inputs, read_inputs
from fhir_server.outcome import BadRequest, Gone, Invalid, Issue, NotFound
from fhir_server.runtime import Runtime
from mappers.fhir_x12.datatype import concept
from mappers.fhir_x12.system import SERVICE_TYPE
from mappers.path import read

REQUEST = "CoverageEligibilityRequest"
KNOWN = ("serviceType", "servicedDate", "provider")


def check_eligibility(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Ask the payer of a coverage now and return its answer; question and answer are stored.

    Raises NotFound, Gone, Invalid with every issue; NotReached, NoAnswer, NotTrusted, NotTaken.
    """
    inputs = read_inputs(request, KNOWN)
    id = _stored_request(request.instance[1], inputs, request.context, runtime)
    version = submit_request(id, request.context, runtime)
    return FhirResponse(200, version.body, version)


def check_many(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Ask for many coverages in one file for each payer; the answers are queued until they come.

    Raises as `check_eligibility` does; nothing leaves when one of them cannot be asked.
    """
    inputs = read_inputs(request, ("coverage", *KNOWN))
    coverages = [one.rpartition("/")[2] for one in inputs.texts("coverage")]
    if not coverages:
        raise BadRequest("coverage is needed: the coverages to ask for", detail="bad-parameter")
    ids = [_stored_request(one, inputs, request.context, runtime) for one in coverages]
    versions = send_requests(ids, request.context, runtime)
    entries: list[JsonValue] = [{"resource": decode(one.body)} for one in versions]
    bundle: JsonObject = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return FhirResponse(200, encode(bundle))


def submit_eligibility(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Ask what a request asks, the stored one or the one in the body, and return the answer."""
    if request.id is not None:
        version = submit_request(request.id, request.context, runtime)
        return FhirResponse(200, version.body, version)
    body = check_type(_whole(request.resource), REQUEST)
    check_content(body, runtime.validator)
    stored = runtime.store.transact(request.context, lambda work: insert(body, work))
    version = submit_request(stored.id, request.context, runtime)
    return FhirResponse(200, version.body, version)


def _whole(body: JsonObject | None) -> JsonObject | None:
    """Return the request itself, also where it is the parameter `resource`."""
    if body is None or body.get("resourceType") != "Parameters":
        return body
    found = [one for one in read(body, "parameter.resource") if isinstance(one, dict)]
    return found[0] if len(found) == 1 else body


def _stored_request(coverage: str, inputs: Inputs, context: Context, runtime: Runtime) -> str:
    """Store the request that asks for a coverage and return its id."""
    with runtime.store.read(context) as reader:
        found = reader.current("Coverage", coverage)
        if found is None:
            raise NotFound(f"Coverage/{coverage} is not known")
        if found.deleted:
            raise Gone(f"Coverage/{coverage} was deleted")
        tree = decode(found.body)
        patient = _patient(tree)
        person = reader.current(*patient)
    provider = inputs.text("provider") or _home(decode(person.body) if person else {})
    if not provider:
        raise Invalid(
            "the question cannot be asked",
            issues=[
                Issue(
                    "error",
                    "required",
                    "who asks is not known: give the parameter provider (Organization/id), or"
                    " Patient.managingOrganization",
                    "Patient.managingOrganization",
                    "no-provider",
                )
            ],
        )
    made = _request(tree, provider, inputs, runtime)
    check_content(made, runtime.validator)
    return runtime.store.transact(context, lambda work: insert(made, work)).id


def _patient(coverage: JsonObject) -> tuple[str, str]:
    found = next(iter(read(coverage, "beneficiary.reference")), "")
    type, _, id = str(found).rpartition("/")
    return type.rpartition("/")[2] or "Patient", id


def _home(patient: JsonObject) -> str:
    found = read(patient, "managingOrganization.reference")
    return str(found[0]) if found else ""


def _request(coverage: JsonObject, provider: str, inputs: Inputs, runtime: Runtime) -> JsonObject:
    types, day = inputs.texts("serviceType"), inputs.text("servicedDate")
    items: list[JsonValue] = [{"category": concept(SERVICE_TYPE, one)} for one in types]
    payor = next((one for one in read(coverage, "payor")), None)
    return {
        "resourceType": REQUEST,
        "status": "active",
        "purpose": ["benefits", "validation"],
        "patient": coverage["beneficiary"],
        **({"servicedDate": day} if day else {}),
        "created": runtime.clock().isoformat(),
        "provider": {"reference": provider},
        **({"insurer": payor} if payor else {}),
        "insurance": [{"focal": True, "coverage": {"reference": f"Coverage/{coverage['id']}"}}],
        **({"item": items} if items else {}),
    }
