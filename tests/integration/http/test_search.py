"""Search over HTTP: the Bundle, its links and modes."""

from urllib.parse import urlencode

from tests.integration.http.sample import SYSTEM, at, entries, issue, links, observation, patient
from tests.integration.server import FORM, Server


def test_searchset_tells_what_matched_and_what_was_asked(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    answer = server.fhir("GET", f"Patient?identifier={SYSTEM}%7C{tag}")
    assert answer.status == 200
    bundle = answer.json
    assert bundle["type"] == "searchset"
    assert entries(bundle) == [
        {
            "fullUrl": f"{server.base}/Patient/{stored['id']}",
            "resource": stored,
            "search": {"mode": "match"},
        }
    ]
    assert tag in links(bundle)["self"]


def test_search_by_post_is_the_same(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    form = urlencode({"identifier": f"{SYSTEM}|{tag}"}).encode()
    answer = server.fhir("POST", "Patient/_search", form, {"Content-Type": FORM})
    assert answer.status == 200
    assert [one["resource"] for one in entries(answer.json)] == [stored]
    assert server.fhir("POST", "Patient/_search", b"{}").status == 415


def test_pages_lead_through_every_match_once(server: Server, tag: str) -> None:
    made = {str(server.create(patient(tag))["id"]) for _ in range(5)}
    seen: list[str] = []
    path: str | None = f"Patient?identifier={SYSTEM}%7C{tag}&_count=2"
    while path:
        bundle = server.fhir("GET", path).json
        seen += [str(at(one, "resource", "id")) for one in entries(bundle)]
        server.create(patient(tag))
        following = links(bundle).get("next")
        path = following.split("/fhir/", 1)[1] if following else None
    assert len(seen) == len(set(seen))
    assert made <= set(seen)


def test_count_alone(server: Server, tag: str) -> None:
    for _ in range(3):
        server.create(patient(tag))
    bundle = server.fhir("GET", f"Patient?identifier={SYSTEM}%7C{tag}&_summary=count").json
    assert bundle["total"] == 3
    assert "entry" not in bundle
    accurate = server.fhir("GET", f"Patient?identifier={SYSTEM}%7C{tag}&_total=accurate&_count=1")
    assert accurate.json["total"] == 3
    assert len(entries(accurate.json)) == 1


def test_includes_are_told_apart_from_matches(server: Server, tag: str) -> None:
    subject = server.create(patient(tag))
    made = server.create(observation(f"Patient/{subject['id']}"))
    forward = server.fhir(
        "GET", f"Observation?subject=Patient/{subject['id']}&_include=Observation:subject"
    ).json
    modes = {at(one, "resource", "id"): at(one, "search", "mode") for one in entries(forward)}
    assert modes == {made["id"]: "match", subject["id"]: "include"}
    reverse = server.fhir(
        "GET", f"Patient?_id={subject['id']}&_revinclude=Observation:subject"
    ).json
    assert [at(one, "resource", "id") for one in entries(reverse)] == [subject["id"], made["id"]]


def test_unknown_parameter_is_refused_unless_lenient(server: Server, tag: str) -> None:
    server.create(patient(tag))
    path = f"Patient?identifier={SYSTEM}%7C{tag}&nonsense=1"
    refused = server.fhir("GET", path)
    assert refused.status == 400
    told = issue(refused.json)
    assert told["code"] == "not-supported"
    lenient = server.fhir("GET", path, headers={"Prefer": "handling=lenient"})
    assert lenient.status == 200
    found = entries(lenient.json)
    assert [at(one, "search", "mode") for one in found].count("match") == 1
    assert "nonsense" not in links(lenient.json)["self"]


def test_search_that_finds_nothing_is_an_empty_bundle(server: Server, tag: str) -> None:
    bundle = server.fhir("GET", f"Patient?identifier={tag}").json
    assert bundle["type"] == "searchset"
    assert "entry" not in bundle
