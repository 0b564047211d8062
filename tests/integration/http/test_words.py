"""Full text over HTTP: written, then found; refused with a reason."""

from pathlib import Path

import pytest

from fhir_server.model.resource import JsonObject
from tests.integration.http.sample import entries, issue
from tests.integration.inside import inside
from tests.integration.server import Server


def note(tag: str, words: str) -> JsonObject:
    division = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{tag}</p></div>'
    return {
        "resourceType": "Observation",
        "status": "final",
        "text": {"status": "generated", "div": division},
        "code": {"text": f"{words} {tag}"},
    }


def found(server: Server, path: str) -> list[str]:
    answer = server.fhir("GET", path)
    assert answer.status == 200, answer.body
    resources = [one["resource"] for one in entries(answer.json)]
    return [str(one["id"]) for one in resources if isinstance(one, dict)]


def test_what_was_written_is_found_at_once(server: Server, tag: str) -> None:
    for number in range(3):
        stored = server.create(note(f"{tag}{number}", "Knee pain"))
        id = str(stored["id"])
        assert found(server, f"Observation?_text={tag}{number}") == [id]
        assert found(server, f"Observation?_content=knee%20{tag}{number}") == [id]
        assert found(server, f"Observation?code:text=knee%20pain%20{tag}{number}") == [id]
        assert found(server, f"Observation?_text=knee%20{tag}{number}") == []


def test_changed_and_deleted_words_are_no_longer_found(server: Server, tag: str) -> None:
    stored = server.create(note(tag, "before"))
    path = f"Observation/{stored['id']}"
    changed = {**note(tag, "after"), "id": stored["id"]}
    assert server.fhir("PUT", path, changed).status == 200
    assert found(server, f"Observation?_content={tag}%20before") == []
    assert found(server, f"Observation?_content={tag}%20after") == [stored["id"]]
    assert server.fhir("DELETE", path).status == 204
    assert found(server, f"Observation?_content={tag}") == []


def test_bundle_finds_what_it_wrote_before(server: Server, tag: str) -> None:
    write: JsonObject = {
        "resource": note(tag, "bundled"),
        "request": {"method": "POST", "url": "Observation"},
    }
    look: JsonObject = {"request": {"method": "GET", "url": f"Observation?_content={tag}"}}
    for kind in ("batch", "transaction"):
        bundle: JsonObject = {"resourceType": "Bundle", "type": kind, "entry": [write, look]}
        answer = server.fhir("POST", "", bundle)
        assert answer.status == 200, answer.body
        assert "bundled" in str(entries(answer.json)[1]["resource"])


@pytest.mark.parametrize(
    "query",
    [
        "_content=-pain",
        "_text=%22open",
        "_content=%2B%2B",
        "_content:exact=a",
        "_text:missing=true",
        "status:text=final",
        "_sort=_content",
    ],
)
def test_question_that_cannot_be_answered_is_refused(server: Server, query: str) -> None:
    answer = server.fhir("GET", f"Observation?{query}")
    assert answer.status == 400
    assert issue(answer.json)["code"] in {"invalid", "not-supported"}


def test_condition_of_a_write_cannot_ask_for_words(server: Server, tag: str) -> None:
    condition = {"If-None-Exist": f"_content={tag}"}
    answer = server.fhir("POST", "Observation", note(tag, "x"), condition)
    assert answer.status == 400
    assert "words" in str(issue(answer.json)["diagnostics"])


def test_switched_off_it_says_so(migrated_url: str, tmp_path: Path) -> None:
    with inside(migrated_url, tmp_path, {"PARITY_TEXT_SEARCH": "off"}) as server:
        server.create(note("x", "y"))
        for query in ("_content=y", "_text=x", "code:text=y"):
            answer = server.fhir("GET", f"Observation?{query}")
            assert answer.status == 400
            assert issue(answer.json)["code"] == "not-supported"
            assert "PARITY_TEXT_SEARCH" in str(issue(answer.json)["diagnostics"])
