"""Requests sent again, with their Provenance, and answered later."""

import json

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.worker import run_one
from tests.acceptance.site import Answer
from tests.integration.http.sample import (
    SYSTEM,
    at,
    bundle,
    entries,
    entry,
    issue,
    objects,
    observation,
    patient,
    response,
)
from tests.integration.server import Server

PROVENANCE: JsonObject = {
    "resourceType": "Provenance",
    "recorded": "2026-01-31T08:00:00Z",
    "agent": [{"who": {"display": "a scribe, é"}}],
}


def told(answer: Answer) -> tuple[object, ...]:
    """Return what two equal answers have in common."""
    names = ("etag", "location", "last-modified", "content-location", "content-type")
    return answer.status, answer.body, [answer.headers.get(name) for name in names]


def provenances(server: Server, target: object) -> list[JsonObject]:
    return server.search("Provenance", target=str(target))


def test_request_sent_again_gets_the_same_answer(server: Server, tag: str) -> None:
    headers = {"Idempotency-Key": tag}
    first = server.fhir("POST", "Patient", patient(tag), headers)
    again = server.fhir("POST", "Patient", patient(tag), headers)
    assert first.status == 201
    assert told(again) == told(first)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(server.search("Patient", identifier=f"{SYSTEM}|{tag}")) == 1
    changed = server.fhir("PUT", f"Patient/{first.json['id']}", first.json | {"active": True})
    assert changed.status == 200
    assert told(server.fhir("POST", "Patient", patient(tag), headers)) == told(first)


def test_key_of_another_request_is_refused(server: Server, tag: str) -> None:
    headers = {"Idempotency-Key": tag}
    server.fhir("POST", "Patient", patient(tag), headers)
    for method, path, body in (
        ("POST", "Patient", patient(f"{tag}x")),
        ("POST", "Patient?x=1", patient(tag)),
        ("PUT", f"Patient/{tag}", patient(tag, id=tag)),
    ):
        answer = server.fhir(method, path, body, headers)
        assert answer.status == 422
        assert at(issue(answer.json), "details", "coding", 0, "code") == "idempotency-key"
    other = server.with_scopes("system/*.cruds")
    assert other.fhir("POST", "Patient", patient(f"{tag}x"), headers).status == 201
    assert (
        server.fhir("POST", "Patient", patient(tag), {"Idempotency-Key": "x" * 256}).status == 400
    )


def test_failed_request_keeps_no_answer(server: Server, tag: str) -> None:
    headers = {"Idempotency-Key": tag}
    assert server.fhir("POST", "Patient", patient(tag, gender="x"), headers).status == 422
    assert server.fhir("POST", "Patient", patient(tag), headers).status == 201


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_bundle_sent_again_gets_the_same_answer(server: Server, tag: str, kind: str) -> None:
    headers = {"Idempotency-Key": tag}
    body = bundle(
        kind,
        entry("POST", "Patient", patient(tag)),
        *([entry("POST", "Patient", patient(tag, gender="x"))] if kind == "batch" else []),
        entry("POST", "Patient", patient(tag)),
    )
    first = server.fhir("POST", "", body, headers)
    again = server.fhir("POST", "", body, headers)
    assert first.status == 200, first.body
    assert told(again) == told(first)
    statuses = [str(response(one)["status"])[:3] for one in entries(first.json)]
    assert statuses == (["201", "422", "201"] if kind == "batch" else ["201", "201"])
    assert len(server.search("Patient", identifier=f"{SYSTEM}|{tag}")) == 2


def test_delete_and_operation_may_be_sent_again(server: Server, tag: str) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    for _ in range(2):
        answer = server.fhir("DELETE", path, headers={"Idempotency-Key": tag})
        assert (answer.status, answer.headers["etag"]) == (204, 'W/"2"')


def test_provenance_is_stored_with_what_it_tells_of(server: Server, tag: str) -> None:
    text = json.dumps(PROVENANCE, ensure_ascii=False).encode().decode("latin-1")
    headers = {"X-Provenance": text}
    stored = server.fhir("POST", "Patient", patient(tag), headers)
    assert stored.status == 201, stored.body
    path = f"Patient/{stored.json['id']}"
    server.fhir("PUT", path, stored.json | {"active": True}, headers)
    change = b'[{"op":"replace","path":"/active","value":false}]'
    json_patch = headers | {"Content-Type": "application/json-patch+json"}
    assert server.fhir("PATCH", path, change, json_patch).status == 200
    found = provenances(server, path)
    targets = sorted(str(at(one, "target", 0, "reference")) for one in found)
    assert targets == [f"{path}/_history/{number}" for number in (1, 2, 3)]
    assert at(found[0], "agent", 0, "who", "display") == "a scribe, é"


def test_provenance_of_a_transaction_names_all_it_wrote(server: Server, tag: str) -> None:
    body = bundle(
        "transaction",
        entry("PUT", f"Patient/{tag}", patient(tag, id=tag)),
        entry("PUT", f"Observation/{tag}", observation(f"Patient/{tag}", id=tag)),
    )
    headers = {"X-Provenance": json.dumps(PROVENANCE)}
    assert server.fhir("POST", "", body, headers).status == 200
    (found,) = provenances(server, f"Patient/{tag}")
    targets = sorted(str(one["reference"]) for one in objects(found, "target"))
    assert targets == [f"Observation/{tag}/_history/1", f"Patient/{tag}/_history/1"]
    again = server.fhir("POST", "", body, headers)
    assert again.status == 200
    assert len(provenances(server, f"Patient/{tag}")) == 1


@pytest.mark.parametrize(
    "header",
    [
        "{",
        '{"resourceType":"Patient"}',
        '{"resourceType":"Provenance"}',
        json.dumps({**PROVENANCE, "target": [{"reference": "Patient/1"}]}),
        json.dumps({**PROVENANCE, "recorded": "yesterday"}),
    ],
)
def test_provenance_that_is_not_valid_stores_nothing(server: Server, tag: str, header: str) -> None:
    answer = server.fhir("POST", "Patient", patient(tag), {"X-Provenance": header})
    assert answer.status == 400
    assert at(issue(answer.json), "details", "coding", 0, "code") == "bad-provenance"
    assert not server.search("Patient", identifier=f"{SYSTEM}|{tag}")
    failed = {"X-Provenance": json.dumps(PROVENANCE)}
    assert server.fhir("PUT", f"Patient/{tag}", patient(tag, id="other"), failed).status == 400
    assert not provenances(server, f"Patient/{tag}")


def test_provenance_needs_its_scope(server: Server, tag: str) -> None:
    narrow = server.with_scopes("system/Patient.cruds")
    headers = {"X-Provenance": json.dumps(PROVENANCE)}
    assert narrow.fhir("POST", "Patient", patient(tag), headers).status == 403
    assert not server.search("Patient", identifier=f"{SYSTEM}|{tag}")


ASYNC = {"Prefer": "respond-async"}


def work(server: Server) -> None:
    """Do what a worker would do until nothing waits."""
    runtime = server.runtime()
    try:
        while run_one(runtime):
            pass
    finally:
        runtime.store.database.close()


def place_of(server: Server, answer: Answer) -> str:
    assert answer.status == 202, answer.body
    place = answer.headers["content-location"]
    assert place.startswith(f"{server.base}/$async-status?job=")
    return place.removeprefix(f"{server.base}/")


def result(server: Server, place: str) -> JsonObject:
    answer = server.fhir("GET", place)
    assert answer.status == 200, answer.body
    assert answer.json["type"] == "batch-response"
    assert "expires" in answer.headers
    (one,) = entries(answer.json)
    return one


def test_transaction_is_answered_later(server: Server, tag: str) -> None:
    body = bundle("transaction", entry("PUT", f"Patient/{tag}", patient(tag, id=tag)))
    place = place_of(server, server.fhir("POST", "", body, ASYNC))
    waiting = server.fhir("GET", place)
    assert waiting.status == 202
    assert waiting.headers["x-progress"] == "waiting"
    assert "retry-after" in waiting.headers
    assert server.fhir("GET", f"Patient/{tag}").status == 404
    work(server)
    one = result(server, place)
    assert response(one)["status"] == "200 OK"
    assert at(one, "resource", "type") == "transaction-response"
    assert at(one, "resource", "entry", 0, "response", "status") == "201 Created"
    assert server.fhir("GET", f"Patient/{tag}").status == 200
    assert server.fhir("DELETE", place).status == 202
    assert server.fhir("GET", place).status == 404


def test_failure_is_told_in_the_result(server: Server, tag: str) -> None:
    wrong = bundle("transaction", entry("PUT", f"Patient/{tag}", patient(tag, id=tag, gender="x")))
    place = place_of(server, server.fhir("POST", "", wrong, ASYNC))
    work(server)
    told = response(result(server, place))
    assert str(told["status"]).startswith("422")
    assert at(told, "outcome", "issue", 0, "expression", 0) == "Bundle.entry[0].resource.gender"
    assert server.fhir("GET", f"Patient/{tag}").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "Patient?identifier={0}",
        "Patient/{0}/Patient?identifier={0}",
        "Patient/_history",
        "_history",
    ],
)
def test_search_and_history_are_answered_later(server: Server, tag: str, path: str) -> None:
    server.fhir("PUT", f"Patient/{tag}", patient(tag, id=tag))
    place = place_of(server, server.fhir("GET", path.format(tag), headers=ASYNC))
    work(server)
    one = result(server, place)
    kind = "history" if "_history" in path else "searchset"
    assert at(one, "resource", "type") == kind
    assert at(one, "resource", "entry", 0, "resource", "identifier", 0, "value") == tag


def test_request_given_up_is_not_carried_out(server: Server, tag: str) -> None:
    body = bundle("batch", entry("PUT", f"Patient/{tag}", patient(tag, id=tag)))
    place = place_of(server, server.fhir("POST", "", body, ASYNC))
    assert server.fhir("DELETE", place).status == 202
    work(server)
    assert server.fhir("GET", place).status == 404
    assert server.fhir("GET", f"Patient/{tag}").status == 404


def test_request_is_carried_out_with_the_scopes_it_came_with(server: Server, tag: str) -> None:
    server.create(patient(tag))
    narrow = server.with_scopes("system/Observation.cruds")
    body = bundle(
        "batch",
        entry("GET", f"Patient?identifier={SYSTEM}|{tag}"),
        entry("POST", "Observation", observation("Patient/none")),
    )
    place = place_of(narrow, narrow.fhir("POST", "", body, ASYNC))
    assert server.fhir("GET", place).status == 404
    work(server)
    one = result(narrow, place)
    told = [str(response(each)["status"])[:3] for each in objects(one, "resource", "entry")]
    assert told == ["403", "201"]
    assert narrow.fhir("GET", "Patient", headers=ASYNC).status == 403


def test_deferred_request_may_be_sent_again_and_have_provenance(server: Server, tag: str) -> None:
    body = bundle("transaction", entry("PUT", f"Patient/{tag}", patient(tag, id=tag)))
    headers = ASYNC | {"Idempotency-Key": tag, "X-Provenance": json.dumps(PROVENANCE)}
    places = {place_of(server, server.fhir("POST", "", body, headers)) for _ in range(2)}
    assert len(places) == 1
    work(server)
    result(server, places.pop())
    assert len(provenances(server, f"Patient/{tag}")) == 1


def test_strange_status_address_is_not_known(server: Server) -> None:
    for query in ("", "?job=x", "?job=1", f"?job={10**30}", "?job=1&job=2"):
        assert server.fhir("GET", f"$async-status{query}").status == 404


def test_batch_calls_operations(server: Server, tag: str) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    body = bundle(
        "batch",
        entry("GET", "$async-status?job=1"),
        entry("POST", f"{path}/$purge-history?before=2000-01-01&dryRun=true"),
        entry("POST", f"{path}/$nonsense"),
        entry("HEAD", path),
    )
    answers = entries(server.fhir("POST", "", body).json)
    assert [str(response(one)["status"])[:3] for one in answers] == ["404", "200", "404", "200"]
    assert at(answers[1], "resource", "resourceType") == "Parameters"
    assert "resource" not in answers[3]


@pytest.mark.parametrize("part", ["_elements=birthDate", "_summary=text"])
def test_search_answered_later_shows_the_part_asked_for(
    server: Server, tag: str, part: str
) -> None:
    server.create(patient(tag))
    where = f"Patient?identifier={SYSTEM}|{tag}&{part}"
    place = place_of(server, server.fhir("GET", where, headers=ASYNC))
    work(server)
    later = at(result(server, place), "resource", "entry")
    assert later == server.fhir("GET", where).json["entry"]
    assert "SUBSETTED" in str(later)


@pytest.mark.parametrize(
    "number", ["", "x", "9223372036854775808", "9999999999999999999", "1" * 40]
)
@pytest.mark.parametrize("operation", ["$async-status", "$export-status", "$reindex-status"])
def test_address_that_names_no_job_is_not_found(
    server: Server, operation: str, number: str
) -> None:
    assert server.fhir("GET", f"{operation}?job={number}").status == 404
