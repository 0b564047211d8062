"""References in the resources of a transaction."""

import copy

import pytest

from fhir_server.interactions.reference import is_conditional, references
from fhir_server.interactions.rewrite import Rewriter, service_root
from fhir_server.model.resource import JsonObject
from profiles.loader import Definitions, load

A = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load()


def observation(**more: object) -> JsonObject:
    made: JsonObject = {"resourceType": "Observation", "status": "final"}
    return made | more  # type: ignore[return-value]  # tests write plain JSON


def test_reference_to_an_entry_becomes_its_resource(definitions: Definitions) -> None:
    rewriter = Rewriter({A: "Patient/1"}, definitions)
    written = observation(
        subject={"reference": A, "display": "Ada"},
        performer=[{"reference": "Practitioner/9"}, {"reference": A}],
        extension=[{"url": "http://x.example", "valueReference": {"reference": A}}],
    )
    before = copy.deepcopy(written)
    assert rewriter.rewrite(written) == observation(
        subject={"reference": "Patient/1", "display": "Ada"},
        performer=[{"reference": "Practitioner/9"}, {"reference": "Patient/1"}],
        extension=[{"url": "http://x.example", "valueReference": {"reference": "Patient/1"}}],
    )
    assert written == before


def test_uri_that_names_an_entry_becomes_its_resource(definitions: Definitions) -> None:
    rewriter = Rewriter({A: "Binary/1"}, definitions)
    document: JsonObject = {
        "resourceType": "DocumentReference",
        "content": [{"attachment": {"url": A, "title": A}}],
        "extension": [{"url": "http://x.example", "valueUri": A}],
        "contained": [{"resourceType": "Patient", "photo": [{"url": A}], "id": "p"}],
    }
    assert rewriter.rewrite(document) == {
        "resourceType": "DocumentReference",
        "content": [{"attachment": {"url": "Binary/1", "title": A}}],
        "extension": [{"url": "http://x.example", "valueUri": "Binary/1"}],
        "contained": [{"resourceType": "Patient", "photo": [{"url": "Binary/1"}], "id": "p"}],
    }


def test_text_that_looks_like_a_full_url_is_kept(definitions: Definitions) -> None:
    rewriter = Rewriter({A: "Patient/1"}, definitions)
    told = observation(
        identifier=[{"system": "urn:ietf:rfc:3986", "value": A}],
        valueString=A,
        note=[{"text": A}],
    )
    assert rewriter.rewrite(told) is told


def test_relative_reference_is_read_against_the_entrys_own_base(definitions: Definitions) -> None:
    rewriter = Rewriter({"http://old.example/fhir/Patient/7": "Patient/new"}, definitions)
    written = observation(subject={"reference": "Patient/7"})
    root = service_root("http://old.example/fhir/Observation/1")
    assert rewriter.rewrite(written, root)["subject"] == {"reference": "Patient/new"}
    elsewhere = service_root("http://other.example/fhir/Observation/1")
    assert rewriter.rewrite(written, elsewhere)["subject"] == {"reference": "Patient/7"}


def test_version_and_fragment_of_a_reference(definitions: Definitions) -> None:
    rewriter = Rewriter({"http://a.example/Patient/7": "Patient/n"}, definitions)
    written = observation(
        subject={"reference": "http://a.example/Patient/7/_history/2"},
        focus=[{"reference": "http://a.example/Patient/7#part"}, {"reference": "#inside"}],
    )
    assert rewriter.rewrite(written) == observation(
        subject={"reference": "Patient/n"},
        focus=[{"reference": "Patient/n#part"}, {"reference": "#inside"}],
    )


@pytest.mark.parametrize("text", ["Patient?identifier=s|1", "Organization?name=A%20B#c"])
def test_search_for_the_target_is_conditional(text: str) -> None:
    assert is_conditional(text)


@pytest.mark.parametrize("text", ["Patient/1", "http://a.example/Patient?x=1", "?x=1", "Patient?"])
def test_other_references_are_not(text: str) -> None:
    assert not is_conditional(text)


def test_conditional_reference_is_rewritten_as_a_whole(definitions: Definitions) -> None:
    text = "Patient?identifier=s|#1"
    rewriter = Rewriter({text: "Patient/5"}, definitions)
    written = observation(subject={"reference": text})
    assert rewriter.rewrite(written)["subject"] == {"reference": "Patient/5"}


def test_every_reference_is_found_wherever_it_is() -> None:
    written = observation(
        subject={"reference": "a"},
        contained=[{"resourceType": "Group", "member": [{"entity": {"reference": "b"}}]}],
        reference="not one of Observation, told by its shape",
    )
    assert list(references(written)) == ["a", "b", "not one of Observation, told by its shape"]


def test_links_of_a_narrative_follow(definitions: Definitions) -> None:
    rewriter = Rewriter({A: "Patient/1", "http://x.example/2": "Binary/2"}, definitions)
    start = '<div xmlns="http://www.w3.org/1999/xhtml">'
    div = f'{start}<a href="{A}">{A}</a><img src=\'http://x.example/2\' alt="{A}"/></div>'
    told = rewriter.rewrite(observation(text={"status": "generated", "div": div}))
    links = f'<a href="Patient/1">{A}</a><img src=\'Binary/2\' alt="{A}"/></div>'
    assert told["text"] == {"status": "generated", "div": f"{start}{links}"}


def test_canonical_that_names_an_entry_is_kept(definitions: Definitions) -> None:
    rewriter = Rewriter({A: "Questionnaire/1"}, definitions)
    told: JsonObject = {"resourceType": "QuestionnaireResponse", "questionnaire": A}
    assert rewriter.rewrite(told) is told
