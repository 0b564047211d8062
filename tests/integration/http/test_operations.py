"""$meta, $everything, $diff, $validate and XML Patch over HTTP."""

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from tests.integration.http.sample import at, entries, issue, objects, observation, patient
from tests.integration.server import Server

TAG: JsonObject = {"system": "https://test.example/tag", "code": "t1"}
SECURITY: JsonObject = {"system": "https://test.example/label", "code": "R"}


def parameters(name: str, value: JsonObject, kind: str = "valueMeta") -> JsonObject:
    return {"resourceType": "Parameters", "parameter": [{"name": name, kind: value}]}


def meta_of(answer: JsonValue) -> JsonObject:
    found = at(answer, "parameter", 0, "valueMeta")
    assert isinstance(found, dict)
    return found


def test_meta_is_shown_added_and_deleted(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    added = server.fhir(
        "POST", f"{path}/$meta-add", parameters("meta", {"tag": [TAG], "security": [SECURITY]})
    )
    assert added.status == 200, added.body
    assert meta_of(added.json)["versionId"] == "2"
    again = server.fhir("POST", f"{path}/$meta-add", parameters("meta", {"tag": [TAG]}))
    assert meta_of(again.json)["tag"] == [TAG]
    assert meta_of(again.json)["versionId"] == "2"
    assert meta_of(server.fhir("GET", f"{path}/$meta").json)["security"] == [SECURITY]
    assert "tag" not in meta_of(server.fhir("GET", f"{path}/_history/1/$meta").json)
    found = server.fhir("GET", f"Patient?_tag={TAG['system']}|t1&identifier={tag}").json
    assert len(entries(found)) == 1
    gone = server.fhir("POST", f"{path}/$meta-delete", parameters("meta", {"tag": [TAG]}))
    assert "tag" not in meta_of(gone.json)
    assert meta_of(gone.json)["security"] == [SECURITY]
    assert at(server.fhir("GET", path).json, "name") == stored["name"]


def test_meta_of_a_type_and_the_system_has_everything_once(server: Server, tag: str) -> None:
    label: JsonObject = {"system": "https://test.example/tag", "code": tag}
    for _ in range(2):
        server.create(patient(tag, meta={"tag": [label], "profile": [f"https://x.example/{tag}"]}))
    for path in ("Patient/$meta", "$meta"):
        meta = meta_of(server.fhir("GET", path).json)
        tags, profiles = meta["tag"], meta["profile"]
        assert isinstance(tags, list)
        assert isinstance(profiles, list)
        assert tags.count(label) == 1
        assert profiles.count(f"https://x.example/{tag}") == 1


def test_meta_of_the_past_is_not_rewritten(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    server.fhir("PUT", path, stored | {"gender": "male"})
    body = parameters("meta", {"tag": [TAG]})
    assert server.fhir("POST", f"{path}/_history/1/$meta-add", body).status == 409
    assert server.fhir("POST", f"{path}/_history/2/$meta-add", body).status == 200
    assert server.fhir("POST", f"{path}/_history/9/$meta-add", body).status == 404
    assert server.fhir("GET", f"{path}/$meta-add").status == 405
    assert server.fhir("POST", f"{path}/$meta-add", parameters("x", {})).status == 400
    bad = parameters("meta", {"tag": [{"nonsense": "x"}]})
    assert server.fhir("POST", f"{path}/$meta-add", bad).status == 422


@pytest.fixture
def ward(server: Server, tag: str) -> dict[str, JsonObject]:
    """Return a patient with an encounter and three observations, and another patient with one."""
    made: dict[str, JsonObject] = {}

    def keep(name: str, resource: JsonObject) -> str:
        made[name] = server.create(resource)
        return f"{resource['resourceType']}/{made[name]['id']}"

    doctor = keep("doctor", {"resourceType": "Practitioner", "name": [{"family": tag}]})
    house = keep("house", {"resourceType": "Organization", "name": tag})
    keep("stranger", {"resourceType": "Organization", "name": "unrelated"})
    ada = keep("ada", patient(tag, managingOrganization={"reference": house}))
    other = keep("other", patient(f"{tag}-other"))
    visit = keep(
        "visit",
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": ada},
            "serviceProvider": {"reference": house},
            "period": {"start": "2020-03-01", "end": "2020-03-02"},
        },
    )
    for name, day in (("o1", "2020-03-01"), ("o2", "2021-01-01"), ("o3", "2022-01-01")):
        keep(
            name,
            observation(
                ada,
                effectiveDateTime=day,
                performer=[{"reference": doctor}],
                encounter={"reference": visit},
            ),
        )
    keep("foreign", observation(other, performer=[{"reference": doctor}]))
    return made


def names(ward: dict[str, JsonObject], bundle: JsonValue) -> list[str]:
    by_id = {str(one["id"]): name for name, one in ward.items()}
    return [by_id[str(at(one, "resource", "id"))] for one in entries(bundle)]


ALL = {"ada", "visit", "o1", "o2", "o3", "doctor", "house"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("_type=Observation", {"o1", "o2", "o3"}),
        ("_type=Observation,Practitioner", {"o1", "o2", "o3", "doctor"}),
        ("start=2021", {"ada", "o2", "o3", "doctor", "house"}),
        ("end=2020-03-01", {"ada", "visit", "o1", "doctor", "house"}),
        ("start=2020-12-31&end=2021-06", {"ada", "o2", "doctor", "house"}),
        ("_since=2000-01-01T00:00:00Z", ALL),
        ("_since=2999-01-01T00:00:00Z", set()),
    ],
)
def test_everything_of_a_patient(
    server: Server, ward: dict[str, JsonObject], query: str, expected: set[str]
) -> None:
    answer = server.fhir("GET", f"Patient/{ward['ada']['id']}/$everything?{query}")
    assert answer.status == 200, answer.body
    found = names(ward, answer.json)
    assert len(found) == len(expected)
    assert set(found) == expected
    assert at(answer.json, "total") == len(expected)


def test_what_is_referred_to_comes_along_as_included(
    server: Server, ward: dict[str, JsonObject]
) -> None:
    answer = server.fhir("GET", f"Patient/{ward['ada']['id']}/$everything").json
    modes = {
        at(one, "resource", "resourceType"): at(one, "search", "mode") for one in entries(answer)
    }
    assert modes["Observation"] == modes["Patient"] == "match"
    assert modes["Practitioner"] == modes["Organization"] == "include"


@pytest.mark.parametrize("count", [1, 2, 5, 6, 7, 100])
def test_pages_of_everything_have_each_resource_once(
    server: Server, ward: dict[str, JsonObject], count: int
) -> None:
    found: list[str] = []
    path = f"/fhir/Patient/{ward['ada']['id']}/$everything?_count={count}"
    for _ in range(10):
        page = server.request("GET", path)
        assert page.status == 200, page.body
        assert len(entries(page.json)) <= count
        found += names(ward, page.json)
        links = {str(one["relation"]): str(one["url"]) for one in objects(page.json, "link")}
        if "next" not in links:
            break
        path = "/" + links["next"].split("/", 3)[3]
    assert sorted(found) == sorted(ALL)


def test_everything_of_an_encounter(server: Server, ward: dict[str, JsonObject]) -> None:
    answer = server.fhir("GET", f"Encounter/{ward['visit']['id']}/$everything")
    assert set(names(ward, answer.json)) == ALL
    wanted: JsonValue = [{"name": "_type", "valueCode": "Patient"}]
    body: JsonObject = {"resourceType": "Parameters", "parameter": wanted}
    posted = server.fhir("POST", f"Encounter/{ward['visit']['id']}/$everything", body)
    assert names(ward, posted.json) == ["ada"]


def test_everything_of_all_patients(server: Server, ward: dict[str, JsonObject]) -> None:
    known = {f"{one['resourceType']}/{one['id']}" for one in ward.values()}
    found: list[str] = []
    path = "/fhir/Patient/$everything?_count=40"
    while path:
        page = server.request("GET", path)
        assert page.status == 200, page.body
        found += [
            f"{at(one, 'resource', 'resourceType')}/{at(one, 'resource', 'id')}"
            for one in entries(page.json)
        ]
        links = {str(one["relation"]): str(one["url"]) for one in objects(page.json, "link")}
        path = "/" + links["next"].split("/", 3)[3] if "next" in links else ""
    assert len(found) == len(set(found))
    assert known - set(found) == {f"{ward['stranger']['resourceType']}/{ward['stranger']['id']}"}


def test_everything_shows_what_the_token_covers(
    server: Server, ward: dict[str, JsonObject]
) -> None:
    narrow = server.with_scopes("system/Patient.r", "system/Practitioner.r", "system/Encounter.r")
    answer = narrow.fhir("GET", f"Patient/{ward['ada']['id']}/$everything")
    assert set(names(ward, answer.json)) == {"ada", "visit"}
    other = server.with_scopes("system/Observation.r")
    assert other.fhir("GET", f"Patient/{ward['ada']['id']}/$everything").status == 403


def test_everything_may_be_cut_and_written_as_xml(
    server: Server, ward: dict[str, JsonObject]
) -> None:
    path = f"Patient/{ward['ada']['id']}/$everything"
    cut = server.fhir("GET", f"{path}?_elements=Observation.status&_type=Observation").json
    assert set(objects(cut, "entry")[0]) >= {"resource"}
    resource = at(cut, "entry", 0, "resource")
    assert isinstance(resource, dict)
    assert set(resource) == {"resourceType", "id", "meta", "status", "code"}
    assert server.fhir("GET", f"{path}?_format=xml").body.startswith(b"<?xml")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Patient/nobody/$everything", 404),
        ("Organization/1/$everything", 404),
        ("Patient/$everything?_count=0", 400),
        ("Patient/$everything?_count=x", 400),
        ("Patient/$everything?start=yesterday", 400),
        ("Patient/$everything?_type=Nothing", 400),
        ("Patient/$everything?nonsense=1", 400),
        ("Patient/$everything?_cursor=x", 400),
        ("Encounter/1/$everything?start=2020", 400),
    ],
)
def test_everything_that_cannot_be_is_refused(server: Server, path: str, status: int) -> None:
    answer = server.fhir("GET", path)
    assert answer.status == status, answer.body
    assert issue(answer.json)


def test_deleted_patient_has_nothing(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    server.fhir("DELETE", f"Patient/{stored['id']}")
    assert server.fhir("GET", f"Patient/{stored['id']}/$everything").status == 410


def test_diff_of_versions_is_a_patch_that_leads_from_one_to_the_other(
    server: Server, tag: str
) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    changed = stored | {"gender": "male", "name": [{"family": "Other"}], "active": True}
    last = server.fhir("PUT", path, changed).json
    patch = server.fhir("GET", f"{path}/$diff").json
    types = {at(one, "part", 0, "valueCode") for one in objects(patch, "parameter")}
    assert types == {"add", "delete", "replace"}
    assert server.fhir("GET", f"{path}/$diff?fromVersion=1&toVersion=2").json == patch
    assert server.fhir("GET", f"{path}/$diff?fromVersion=0").status == 404
    copy = server.create(patient(f"{tag}-copy"))
    across = server.fhir("GET", f"$diff?from=Patient/{copy['id']}&to={path}/_history/2")
    assert across.status == 200, across.body
    applied = server.fhir("PATCH", f"Patient/{copy['id']}", across.json)
    assert applied.status == 200, applied.body
    kept = {name for name in last if name not in ("id", "meta")}
    assert {name: at(applied.json, name) for name in kept} == {name: last[name] for name in kept}
    assert "parameter" not in server.fhir("GET", f"$diff?from={path}&to={path}").json


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Patient/nobody/$diff", 404),
        ("$diff", 400),
        ("$diff?from=Patient/nobody&to=Patient/nobody", 404),
        ("$diff?from=x&to=y", 400),
        ("Patient/nobody/$diff?fromVersion=x", 404),
    ],
)
def test_diff_that_cannot_be_is_refused(server: Server, path: str, status: int) -> None:
    assert server.fhir("GET", path).status == status


def codes(outcome: JsonValue) -> list[tuple[JsonValue, JsonValue]]:
    return [
        (one["severity"], at(one, "details", "coding", 0, "code") if "details" in one else None)
        for one in objects(outcome, "issue")
    ]


def test_validate_tells_without_storing(server: Server, tag: str) -> None:
    good = server.fhir("POST", "Patient/$validate", patient(tag))
    assert good.status == 200
    assert codes(good.json) == [("information", None)]
    bad = server.fhir("POST", "Patient/$validate", patient(tag, gender="nonsense", x=1))
    assert bad.status == 200
    assert codes(bad.json) == [("error", "bad-code"), ("error", "unknown-element")]
    assert "entry" not in server.fhir("GET", f"Patient?identifier={tag}").json
    wrong = server.fhir("POST", "Observation/$validate", patient(tag))
    assert codes(wrong.json) == [("error", "type-mismatch")]


def test_validate_knows_modes_and_profiles(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}/$validate"
    assert codes(server.fhir("GET", path).json) == [("information", None)]
    wrapped: JsonObject = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "resource", "resource": patient(tag)},
            {"name": "mode", "valueCode": "update"},
            {"name": "profile", "valueUri": "https://x.example/profile"},
        ],
    }
    told = codes(server.fhir("POST", path, wrapped).json)
    assert told == [("error", "unknown-profile"), ("error", "id-mismatch")]
    base = "http://hl7.org/fhir/StructureDefinition/Patient"
    known = server.fhir("POST", f"Patient/$validate?profile={base}&mode=create", patient(tag))
    assert codes(known.json) == [("information", None)]
    whole = f"Patient/$validate?profile={base}%7C4.0.1"
    assert codes(server.fhir("POST", whole, patient(tag)).json) == [("information", None)]
    newer = server.fhir("POST", f"Patient/$validate?profile={base}%7C5.0.0", patient(tag))
    assert codes(newer.json) == [("error", "unknown-profile")]
    assert "4.0.1 only" in str(objects(newer.json, "issue")[0]["diagnostics"])
    exact = patient(tag, meta={"profile": [f"{base}|4.0.1", f"{base}|4.3.0"]})
    judged = objects(server.fhir("POST", "Patient/$validate", exact).json, "issue")
    assert [one["expression"] for one in judged] == [["Patient.meta.profile[1]"]]
    claimed = patient(tag, meta={"profile": ["https://x.example/p"]})
    assert codes(server.fhir("POST", "Patient/$validate", claimed).json) == [
        ("warning", "unknown-profile")
    ]
    assert codes(server.fhir("POST", f"{path}?mode=delete").json) == [("information", None)]
    gone = server.fhir("POST", "Patient/nobody/$validate?mode=delete")
    assert objects(gone.json, "issue")[0]["code"] == "not-found"
    assert server.fhir("POST", f"{path}?mode=nonsense").status == 400
    assert server.fhir("POST", "Patient/$validate").status == 400


def test_erratum_is_a_warning_and_the_resource_is_stored(server: Server) -> None:
    item: JsonValue = [{"type": "display", "text": "x"}]
    questionnaire: JsonObject = {"resourceType": "Questionnaire", "status": "draft", "item": item}
    told = server.fhir("POST", "Questionnaire/$validate", questionnaire)
    assert codes(told.json) == [("warning", "missing-required")]
    assert server.fhir("POST", "Questionnaire", questionnaire).status == 201


def test_xml_patch_changes_a_resource(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    diff = (
        '<diff xmlns:f="http://hl7.org/fhir">'
        '<replace sel="f:Patient/f:gender/@value">male</replace>'
        '<add sel="f:Patient/f:name"><given xmlns="http://hl7.org/fhir" value="Bea"/></add>'
        '<remove sel="f:Patient/f:birthDate"/></diff>'
    )
    kind = {"Content-Type": "application/xml-patch+xml"}
    made = server.fhir("PATCH", path, diff.encode(), kind)
    assert made.status == 200, made.body
    assert at(made.json, "gender") == "male"
    assert at(made.json, "name", 0, "given") == ["Ada", "Bea"]
    assert "birthDate" not in made.json
    assert at(made.json, "meta", "versionId") == "2"
    lost = '<diff xmlns="http://hl7.org/fhir"><remove sel="Patient/photo"/></diff>'
    refused = server.fhir("PATCH", path, lost.encode(), kind)
    assert refused.status == 422
    assert issue(refused.json)
    broken = server.fhir("PATCH", path, b"<diff><!DOCTYPE", kind)
    assert broken.status == 400
    assert server.fhir("GET", path).json == made.json
