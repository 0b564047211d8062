"""Small synthetic resources, told apart by a tag."""

from fhir_server.model.resource import JsonObject, JsonValue

SYSTEM = "https://test.example/id"


def patient(tag: str, **more: JsonValue) -> JsonObject:
    """Return a Patient with an identifier of this tag."""
    return {
        "resourceType": "Patient",
        "identifier": [{"system": SYSTEM, "value": tag}],
        "name": [{"family": "Rivera", "given": ["Ada"]}],
        "gender": "female",
        "birthDate": "1980-02-29",
        **more,
    }


def observation(subject: str, **more: JsonValue) -> JsonObject:
    """Return an Observation of a subject, its value with a decimal as written."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2341-0"}]},
        "subject": {"reference": subject},
        **more,
    }


def entry(
    method: str,
    url: str,
    resource: JsonObject | None = None,
    full_url: str | None = None,
    **conditions: str,
) -> JsonObject:
    """Return an entry of a batch or transaction."""
    made: JsonObject = {"request": {"method": method, "url": url, **conditions}}
    if resource is not None:
        made["resource"] = resource
    if full_url is not None:
        made["fullUrl"] = full_url
    return made


def bundle(kind: str, *entries: JsonValue) -> JsonObject:
    """Return a Bundle of these entries."""
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def issue(outcome: JsonValue) -> JsonObject:
    """Return the first issue of an OperationOutcome."""
    assert at(outcome, "resourceType") == "OperationOutcome"
    return objects(outcome, "issue")[0]


def entries(bundle: JsonValue) -> list[JsonObject]:
    """Return the entries of a Bundle."""
    assert isinstance(bundle, dict)
    return objects(bundle, "entry") if "entry" in bundle else []


def response(of: JsonObject) -> JsonObject:
    """Return the response of an entry."""
    told = of["response"]
    assert isinstance(told, dict)
    return told


def at(value: JsonValue, *path: str | int) -> JsonValue:
    """Return what is at a path of member names and positions; fail when nothing is."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value[step]
        else:
            assert isinstance(value, list)
            assert isinstance(step, int)
            value = value[step]
    return value


def objects(value: JsonValue, *path: str | int) -> list[JsonObject]:
    """Return the objects of the list at a path."""
    found = at(value, *path)
    assert isinstance(found, list)
    assert all(isinstance(one, dict) for one in found)
    return [one for one in found if isinstance(one, dict)]


def links(bundle: JsonObject) -> dict[str, str]:
    """Return Bundle.link by relation."""
    return {str(link["relation"]): str(link["url"]) for link in objects(bundle, "link")}
