"""Searches over HTTP through references, of several types, and in compartments."""

from urllib.parse import quote, urlencode

import pytest

from fhir_server.model.resource import JsonValue
from tests.integration.http.sample import (
    SYSTEM,
    at,
    bundle,
    entries,
    entry,
    issue,
    links,
    observation,
    patient,
    response,
)
from tests.integration.server import FORM, Server


@pytest.fixture
def chart(server: Server, tag: str) -> dict[str, str]:
    """Store a patient with two observations; return their ids."""
    ada = str(server.create(patient(tag))["id"])
    identified: JsonValue = [{"system": SYSTEM, "value": tag}]
    first = server.create(observation(f"Patient/{ada}", identifier=identified))
    second = server.create(observation(f"Patient/{ada}", status="amended", identifier=identified))
    return {"patient": ada, "first": str(first["id"]), "second": str(second["id"])}


def found(server: Server, path: str) -> list[str]:
    """Return the ids of the matches of a search, in order."""
    answer = server.fhir("GET", path)
    assert answer.status == 200, answer.json
    return [
        str(at(one, "resource", "id"))
        for one in entries(answer.json)
        if at(one, "search", "mode") == "match"
    ]


def test_chains_and_reverse_chains(server: Server, chart: dict[str, str], tag: str) -> None:
    token = quote(f"{SYSTEM}|{tag}")
    both = [chart["second"], chart["first"]]
    assert found(server, f"Observation?subject:Patient.identifier={token}") == both
    assert found(server, f"Observation?subject%3APatient.identifier={token}") == both
    assert found(server, f"Observation?patient.identifier={token}&status=final") == both[1:]
    assert found(server, f"Patient?_has:Observation:patient:identifier={token}") == [
        chart["patient"]
    ]
    answer = server.fhir("GET", f"Observation?subject:Patient.identifier={token}")
    assert f"subject:Patient.identifier={SYSTEM}|{tag}" in links(answer.json)["self"]


def test_filter(server: Server, chart: dict[str, str], tag: str) -> None:
    asked = f'identifier eq "{SYSTEM}|{tag}" and not (status eq final)'
    assert found(server, f"Observation?_filter={quote(asked)}") == [chart["second"]]
    refused = server.fhir("GET", f"Observation?_filter={quote('status eq final or')}")
    assert refused.status == 400
    assert "character" in str(issue(refused.json)["diagnostics"])


def test_system_search_by_get_and_post(server: Server, chart: dict[str, str], tag: str) -> None:
    token = f"{SYSTEM}|{tag}"
    every = [chart["second"], chart["first"], chart["patient"]]
    path = f"?_type=Patient,Observation&identifier={quote(token)}"
    assert found(server, path) == every
    form = urlencode({"_type": "Patient,Observation", "identifier": token}).encode()
    posted = server.fhir("POST", "_search", form, {"Content-Type": FORM})
    assert [at(one, "resource", "id") for one in entries(posted.json)] == every
    assert links(posted.json)["self"].startswith(f"{server.base}?_type=Patient,Observation")
    first = server.fhir("GET", f"{path}&_count=2").json
    following = links(first)["next"].split("/fhir", 1)[1]
    assert found(server, following) == every[2:]
    assert chart["patient"] in found(server, f"?_id={chart['patient']}")


def test_post_takes_parameters_of_url_and_form_together(
    server: Server, chart: dict[str, str], tag: str
) -> None:
    form = urlencode({"status": "amended"}).encode()
    path = f"Observation/_search?identifier={quote(f'{SYSTEM}|{tag}')}"
    answer = server.fhir("POST", path, form, {"Content-Type": FORM})
    assert [at(one, "resource", "id") for one in entries(answer.json)] == [chart["second"]]


def test_compartment_search(server: Server, chart: dict[str, str]) -> None:
    place = f"Patient/{chart['patient']}"
    assert found(server, f"{place}/Observation") == [chart["second"], chart["first"]]
    assert found(server, f"{place}/Observation?status=final") == [chart["first"]]
    assert found(server, f"{place}/*?_type=Patient,Observation") == [
        chart["second"],
        chart["first"],
        chart["patient"],
    ]
    assert found(server, "Patient/nobody/Observation") == []
    form = urlencode({"status": "final"}).encode()
    posted = server.fhir("POST", f"{place}/Observation/_search", form, {"Content-Type": FORM})
    assert [at(one, "resource", "id") for one in entries(posted.json)] == [chart["first"]]
    assert links(posted.json)["self"] == f"{server.base}/{place}/Observation?status=final"
    for path in (f"{place}/Organization", f"{place}/Nothing", "Organization/1/Patient"):
        assert server.fhir("GET", path).status == 404
    assert server.fhir("DELETE", f"{place}/Observation").status == 405
    assert server.fhir("GET", "Patient?_type=Patient").status == 400


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_bundle_searches_compartments_and_the_system(
    server: Server, chart: dict[str, str], kind: str
) -> None:
    asked = bundle(
        kind,
        entry("GET", f"Patient/{chart['patient']}/Observation?status=final"),
        entry("GET", f"?_type=Patient,Group&_id={chart['patient']}"),
        entry("GET", f"Observation?subject:Patient._id={chart['patient']}&_summary=count"),
    )
    answer = server.fhir("POST", "", asked)
    assert answer.status == 200
    answered = entries(answer.json)
    assert [response(one)["status"] for one in answered] == ["200 OK"] * 3
    matches = [entries(one["resource"]) for one in answered]
    assert [at(one, "resource", "id") for one in matches[0]] == [chart["first"]]
    assert [at(one, "resource", "id") for one in matches[1]] == [chart["patient"]]
    assert at(answered[2], "resource", "total") == 2


def test_conditional_create_by_a_chain(server: Server, chart: dict[str, str], tag: str) -> None:
    criterion = f"subject:Patient.identifier={quote(f'{SYSTEM}|{tag}')}&status=final"
    again = server.fhir(
        "POST",
        "Observation",
        observation(f"Patient/{chart['patient']}"),
        {"If-None-Exist": criterion},
    )
    assert (again.status, again.json["id"]) == (200, chart["first"])


def test_scopes_hold_along_chains_and_narrow_the_types(
    server: Server, chart: dict[str, str], tag: str
) -> None:
    token = quote(f"{SYSTEM}|{tag}")
    narrow = server.with_scopes("system/Observation.rs")
    both = [chart["second"], chart["first"]]
    assert found(narrow, f"?identifier={token}&_type=Observation") == both
    assert found(narrow, f"Patient/{chart['patient']}/*") == both
    for path in (
        f"Observation?subject:Patient.identifier={token}",
        "Observation?subject.birthdate=1980",
        f"Observation?_filter={quote('subject:Patient.birthdate eq 1980')}",
        "Observation?_has:AuditEvent:entity:agent=1",
        "Observation?_list=1",
        "?_type=Observation,Patient",
    ):
        refused = narrow.fhir("GET", path)
        assert (path, refused.status) == (path, 403)
    headers = {"If-None-Exist": "subject:Patient.birthdate=1980"}
    writer = server.with_scopes("system/Observation.cruds")
    made = writer.fhir("POST", "Observation", observation("Patient/1"), headers)
    assert made.status == 403


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("Observation?subject.nonsense=1", "nonsense"),
        ("Observation?subject:Patient.birthday=2000", "birthdate"),
        ("Patient?_has:Observation:patient:nonsense=1", "code"),
        ("Patient?_filter=nonsense%20eq%201", "birthdate"),
        ("?_type=Patient,Observation&birthdate=2000", "all of them have"),
    ],
)
def test_misspelt_filters_never_return_everything(server: Server, path: str, words: str) -> None:
    """A parameter not known is refused with those known, or ignored on request and told so."""
    refused = server.fhir("GET", path)
    assert refused.status == 400
    told = issue(refused.json)
    assert (told["code"], at(told, "details", "coding", 0, "code")) == (
        "not-supported",
        "unknown-parameter",
    )
    assert words in str(told["diagnostics"])
    lenient = server.fhir("GET", path, headers={"Prefer": "handling=lenient"})
    assert lenient.status == 200
    notes = [one for one in entries(lenient.json) if at(one, "search", "mode") == "outcome"]
    assert len(notes) == 1
    name = path.partition("?")[2].rpartition("&")[2].partition("=")[0]
    assert name not in links(lenient.json)["self"]


@pytest.mark.parametrize(
    ("path", "setting"),
    [
        ("Patient?_id=" + ",".join(map(str, range(2001))), "PARITY_SEARCH_OR_LIMIT"),
        ("Organization?" + "partof." * 9 + "name=x", "PARITY_SEARCH_CHAIN_LIMIT"),
        ("Patient?" + "_has:Patient:link:" * 6 + "name=x", "PARITY_SEARCH_HAS_LIMIT"),
        ("Patient?" + "&".join(["name=x"] * 501), "PARITY_SEARCH_CRITERIA_LIMIT"),
        ("Patient?_filter=name%20eq%20" + "x" * 8000, "PARITY_SEARCH_FILTER_LIMIT"),
    ],
)
def test_what_is_too_much_is_refused_by_limit_and_setting(
    server: Server, path: str, setting: str
) -> None:
    place, _, form = path.partition("?")
    headers = {"Content-Type": FORM}
    answer = server.fhir("POST", f"{place}/_search", form.encode(), headers)
    assert answer.status == 400
    told = issue(answer.json)
    assert (told["code"], at(told, "details", "coding", 0, "code")) == (
        "too-costly",
        "search-limit",
    )
    assert setting in str(told["diagnostics"])


def test_capability_statement_tells_of_it(server: Server) -> None:
    rest = at(server.fhir("GET", "metadata").json, "rest", 0)
    codes = [at(one, "code") for one in entries({"entry": at(rest, "interaction")})]
    assert "search-system" in codes
    compartments = at(rest, "compartment")
    assert isinstance(compartments, list)
    assert "http://hl7.org/fhir/CompartmentDefinition/patient" in compartments
