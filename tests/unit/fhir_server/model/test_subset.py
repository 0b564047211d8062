"""Parts of resources: what stays, what goes, and the tag that says so."""

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.model.subset import SUBSETTED, TAG_SYSTEM, Subset, Subsetter, is_subsetted
from fhir_server.validation.structure import Validator
from profiles.loader import load
from tests.conformance.material import examples, needs_material

DEFINITIONS = load()
SUBSETTER = Subsetter(DEFINITIONS)
TAG: JsonObject = {"system": TAG_SYSTEM, "code": SUBSETTED}
OBSERVATION: JsonObject = {
    "resourceType": "Observation",
    "id": "1",
    "meta": {"versionId": "2", "tag": [{"code": "kept"}]},
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
    "modifierExtension": [{"url": "m", "valueCode": "c"}],
    "status": "final",
    "_status": {"id": "s"},
    "code": {"text": "c"},
    "valueString": "v",
    "note": [{"text": "n"}],
    "component": [{"code": {"text": "cc"}, "valueString": "cv", "interpretation": [{"text": "i"}]}],
}


def cut(subset: Subset, resource: JsonObject = OBSERVATION) -> JsonObject:
    return SUBSETTER.cut(resource, subset)


def elements(*names: str) -> Subset:
    return Subset("elements", frozenset(("", name) for name in names))


def test_summary_keeps_summary_elements_at_every_level() -> None:
    shown = cut(Subset("true"))
    assert "text" not in shown
    assert "note" not in shown
    assert shown["status"] == "final"
    assert shown["_status"] == {"id": "s"}
    assert shown["valueString"] == "v"
    assert shown["modifierExtension"] == OBSERVATION["modifierExtension"]
    assert shown["component"] == [{"code": {"text": "cc"}, "valueString": "cv"}]


def test_attachment_loses_its_data_in_a_summary() -> None:
    attachment: JsonObject = {"contentType": "a/b", "data": "QQ==", "title": "t"}
    patient: JsonObject = {"resourceType": "Patient", "photo": [attachment], "active": True}
    assert "photo" not in cut(Subset("true"), patient)
    media: JsonObject = {"resourceType": "Media", "status": "completed", "content": attachment}
    assert cut(Subset("true"), media)["content"] == {"contentType": "a/b", "title": "t"}


def test_text_keeps_narrative_and_mandatory_elements() -> None:
    assert set(cut(Subset("text"))) == {
        *("resourceType", "id", "meta", "text", "modifierExtension"),
        *("status", "_status", "code"),
    }


def test_data_leaves_out_the_narrative_alone() -> None:
    assert set(OBSERVATION) - set(cut(Subset("data"))) == {"text"}


@pytest.mark.parametrize("name", ["value", "value[x]", "valueString"])
def test_elements_keep_what_is_asked_and_what_is_mandatory(name: str) -> None:
    assert set(cut(elements(name))) == {
        *("resourceType", "id", "meta", "modifierExtension", "status", "_status", "code"),
        "valueString",
    }


def test_elements_of_another_type_leave_a_resource_whole() -> None:
    subset = Subset("elements", frozenset({("Patient", "name")}))
    assert cut(subset) == OBSERVATION


def test_what_is_cut_is_tagged_beside_its_other_tags() -> None:
    for subset in (Subset("true"), Subset("text"), Subset("data"), elements("code")):
        shown = cut(subset)
        assert shown["meta"] == {"versionId": "2", "tag": [{"code": "kept"}, TAG]}
        assert is_subsetted(shown)
        assert list(shown)[:3] == ["resourceType", "id", "meta"]
    assert not is_subsetted(OBSERVATION)
    assert "tag" not in str(OBSERVATION["status"])


def test_resource_without_meta_gets_one_and_is_not_changed_itself() -> None:
    patient: JsonObject = {"resourceType": "Patient", "active": True}
    assert cut(Subset("data"), patient)["meta"] == {"tag": [TAG]}
    assert "meta" not in patient


def test_outcomes_and_parameters_are_given_whole() -> None:
    for name in ("OperationOutcome", "Parameters", "Nothing"):
        assert cut(Subset("true"), {"resourceType": name, "x": 1}) == {"resourceType": name, "x": 1}


@needs_material
@pytest.mark.parametrize("kind", ["true", "text", "data"])
def test_part_of_an_example_is_a_valid_resource(kind: str) -> None:
    validator = Validator(DEFINITIONS)
    subset = {"true": Subset("true"), "text": Subset("text"), "data": Subset("data")}[kind]
    for example in examples():
        if validator.check(example) == ():
            # a part may refer to a contained resource that was cut
            found = {issue.detail for issue in validator.check(cut(subset, example))}
            assert found <= {"dangling-reference"}, example["id"]
