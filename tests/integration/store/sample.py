"""Patients for tests, and the few index rows the tests look at."""

from fhir_server.db.engine import Database
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.search.key import key, self_key
from fhir_server.search.rows import Rows
from fhir_server.store.identity import Ids, utc_now
from fhir_server.store.unit_of_work import Store

HERE = Context()
ELSEWHERE = Context(tenant=2)


def patient(identifier: str = "1", family: str = "Weber", **members: str) -> JsonObject:
    return {
        "resourceType": "Patient",
        "identifier": [{"value": identifier}],
        "name": [{"family": family}],
        **members,
    }


def extract(resource: JsonObject, tenant: int) -> Rows:
    """Index the identifier, the family name, the general practitioner and the birth date."""
    kind = str(resource["resourceType"])
    identifiers = resource.get("identifier")
    names = resource.get("name")
    doctor = resource.get("generalPractitioner")
    eq, text = [], []
    if isinstance(identifiers, list):
        values = [one["value"] for one in identifiers if isinstance(one, dict)]
        eq = [key(tenant, kind, "identifier", str(value)) for value in values]
    if isinstance(names, list):
        families = [one["family"] for one in names if isinstance(one, dict)]
        text = [(key(tenant, kind, "family"), str(family).lower()) for family in families]
    practitioner = (key(tenant, kind, "general-practitioner"), self_key(tenant, "P", str(doctor)))
    born = resource.get("birthDate")
    days = [(key(tenant, kind, "birthdate"), int(str(born)), int(str(born)) + 1)] if born else []
    number = [(key(tenant, kind, "number"), 0.5, 1e300)] if born else []
    return Rows.of(eq, [practitioner] if doctor else (), text, days, number)


def open_store(url: str) -> Store:
    return Store(Database.open(url), extract, utc_now, Ids(utc_now))
