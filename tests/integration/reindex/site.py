"""Search parameters of a site's own, and asking an installation by them, as clients do."""

from pathlib import Path
from urllib.parse import parse_qsl

from fhir_server.interactions.create import create
from fhir_server.interactions.delete import delete
from fhir_server.interactions.search import search
from fhir_server.interactions.update import update
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context, FhirRequest
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store import jobs, parameters
from fhir_server.store.jobs import Job
from fhir_server.worker import run_one

HERE = Context()
BASE = "http://127.0.0.1/fhir"
PET = "http://example.org/fhir/StructureDefinition/pet"


def open_site(url: str, folder: Path, tenant: int = 1) -> Runtime:
    """Return a runtime of its own, as another process has it."""
    variables = {"PARITY_DATABASE_URL": url, "PARITY_DATA_DIR": str(folder / "var")}
    return Runtime.build(Settings.load(variables | {"PARITY_TENANT": str(tenant)}))


def definition(code: str = "pet", **members: JsonValue) -> JsonObject:
    """Return an active SearchParameter: the pet of a Patient, an extension."""
    return {
        "resourceType": "SearchParameter",
        "url": f"http://example.org/fhir/SearchParameter/{code}",
        "name": "Pet",
        "status": "active",
        "description": "The pet of the patient.",
        "code": code,
        "base": ["Patient"],
        "type": "token",
        "expression": f"Patient.extension.where(url='{PET}').value",
        **members,
    }


def patient(pet: str | None = None, **members: JsonValue) -> JsonObject:
    """Return a Patient, with a pet or without."""
    extension: JsonValue = [{"url": PET, "valueCode": pet}]
    kept: JsonObject = {"extension": extension} if pet else {}
    return {"resourceType": "Patient", **kept, **members}


def post(runtime: Runtime, resource: JsonObject, context: Context = HERE) -> JsonObject:
    """Create a resource and return it as stored."""
    type = str(resource["resourceType"])
    answer = create(FhirRequest("POST", context, BASE, type, resource=resource), runtime)
    return decode(answer.body or b"")


def put(runtime: Runtime, resource: JsonObject, context: Context = HERE) -> JsonObject:
    """Update a resource and return it as stored."""
    type, id = str(resource["resourceType"]), str(resource["id"])
    answer = update(FhirRequest("PUT", context, BASE, type, id, resource=resource), runtime)
    return decode(answer.body or b"")


def remove(runtime: Runtime, resource: JsonObject, context: Context = HERE) -> None:
    """Delete a resource."""
    type, id = str(resource["resourceType"]), str(resource["id"])
    delete(FhirRequest("DELETE", context, BASE, type, id), runtime)


def ask(runtime: Runtime, query: str, context: Context = HERE) -> JsonObject:
    """Return the searchset of `Type?query`."""
    type, _, text = query.partition("?")
    request = FhirRequest("GET", context, BASE, type, parameters=tuple(parse_qsl(text)))
    return decode(search(request, runtime).body or b"")


def found(runtime: Runtime, query: str, context: Context = HERE) -> list[str]:
    """Return the ids on the page of a search, includes too, in order."""
    entries = ask(runtime, query, context).get("entry", [])
    assert isinstance(entries, list)
    return [str(one["resource"]["id"]) for one in entries if isinstance(one, dict)]  # type: ignore[index, call-overload]


def work_off(runtime: Runtime) -> list[Job]:
    """Run every job that waits, as the worker does; return them as they ended."""
    while run_one(runtime):
        pass
    return all_jobs(runtime)


def all_jobs(runtime: Runtime, context: Context = HERE) -> list[Job]:
    """Return every reindex job, the oldest first."""
    with runtime.store.read(context) as reader:
        return jobs.of_kind(reader, parameters.KIND)


def index_rows(runtime: Runtime) -> dict[str, set[tuple[object, ...]]]:
    """Return every row of the index tables."""
    names = ("ix_eq", "ix_ref", "ix_str", "ix_date", "ix_num")
    with runtime.store.database.session() as session:
        return {name: set(map(tuple, session.run(f"SELECT * FROM {name}"))) for name in names}
