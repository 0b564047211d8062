"""Code systems become rows: parents, properties, and what the compiler leaves out."""

import gzip

import msgspec

from profiles.compiler.source import JsonObject
from profiles.compiler.valueset import compile_terminology
from profiles.terminology import ShippedTerminology, TerminologyFile, read_code_system

NESTED: JsonObject = {
    "resourceType": "CodeSystem",
    "url": "urn:a",
    "content": "complete",
    "concept": [
        {
            "code": "top",
            "display": "Top",
            "definition": "left out",
            "property": [
                {"code": "status", "valueCode": "active"},
                {"code": "deprecationDate", "valueDateTime": "2020"},
                {"code": "weight", "valueDecimal": 2},
                {"code": "selectable", "valueBoolean": False},
                {"code": "like", "valueCoding": {"code": "other"}},
            ],
            "concept": [{"code": "below"}],
        },
        {"code": "beside", "property": [{"code": "child", "valueCode": "below"}]},
    ],
}


def test_concept_knows_its_parents_however_they_are_told() -> None:
    system = read_code_system(NESTED)
    assert [one.code for one in system.concepts] == ["top", "below", "beside"]
    assert [one.parents for one in system.concepts] == [(), (0, 2), ()]
    assert system.children == [[1], [], [1]]


def test_properties_become_text() -> None:
    stated = dict(read_code_system(NESTED).concepts[0].properties)
    assert stated["weight"] == ("2",)
    assert stated["selectable"] == ("false",)
    assert stated["like"] == ("other",)


def test_elements_of_other_shapes_are_left_out() -> None:
    assert read_code_system({"url": 1, "concept": "x"}).concepts == ()
    odd = read_code_system({"url": "urn:a", "concept": [{"code": "a", "property": [{}, 3]}]})
    assert [one.code for one in odd.concepts] == ["a"]


def test_compiled_file_has_facts_only() -> None:
    value_set: JsonObject = {
        "url": "urn:set",
        "description": "left out",
        "compose": {"include": [{"system": "urn:a", "concept": [{"code": "x", "display": "X"}]}]},
    }
    supplement: JsonObject = {"url": "urn:s", "content": "supplement"}
    packed = compile_terminology([value_set], [NESTED, supplement])
    assert packed == compile_terminology([value_set], [NESTED, supplement])
    file = msgspec.json.decode(gzip.decompress(packed), type=TerminologyFile)
    assert list(file.systems) == ["urn:a"]
    assert b"left out" not in gzip.decompress(packed)
    assert b"2020" not in gzip.decompress(packed)
    assert msgspec.json.decode(file.sets["urn:set"]) == {
        "url": "urn:set",
        "compose": {"include": [{"system": "urn:a", "concept": [{"code": "x"}]}]},
    }


def test_shipped_terminology_is_read_by_canonical() -> None:
    shipped = ShippedTerminology()
    gender = shipped.code_system("http://hl7.org/fhir/administrative-gender")
    assert gender is not None
    assert [one.code for one in gender.concepts] == ["male", "female", "other", "unknown"]
    assert shipped.code_system("urn:nowhere") is None
    assert shipped.value_set("urn:nowhere") is None
