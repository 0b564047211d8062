"""XML Patch: what each operation does, and what is refused."""

import copy

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.model.xml.patch import apply_xml_patch
from fhir_server.outcome import BadRequest, FhirError, Invalid, Malformed
from tests.unit.fhir_server.model.xml.sample import SHAPES

DIV = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p title='t'>a<br></br>b</p></div>"
PATIENT: JsonObject = {
    "resourceType": "Patient",
    "id": "1",
    "text": {"status": "generated", "div": DIV},
    "active": True,
    "name": [
        {"use": "official", "family": "A", "given": ["G", "H"]},
        {"use": "usual", "family": "B"},
    ],
    "birthDate": "1980",
}


def diff(content: str) -> bytes:
    space = 'xmlns:f="http://hl7.org/fhir" xmlns="http://hl7.org/fhir"'
    return f"<diff {space}>{content}</diff>".encode()


def patched(content: str) -> JsonObject:
    return apply_xml_patch(diff(content), copy.deepcopy(PATIENT), SHAPES.definitions)


def name(at: int, of: JsonObject) -> JsonObject:
    names = of["name"]
    assert isinstance(names, list)
    found = names[at]
    assert isinstance(found, dict)
    return found


def test_attribute_is_replaced() -> None:
    made = patched('<replace sel="f:Patient/f:birthDate/@value">1980-01-02</replace>')
    assert made == PATIENT | {"birthDate": "1980-01-02"}


def test_narrative_that_is_not_touched_keeps_its_markup() -> None:
    made = patched('<remove sel="Patient/active"/>')
    assert made["text"] == PATIENT["text"]
    assert "active" not in made


def test_narrative_can_be_changed() -> None:
    content = (
        '<replace xmlns:h="http://www.w3.org/1999/xhtml" '
        'sel="f:Patient/f:text/h:div/h:p/text()">new</replace>'
    )
    text = patched(content)["text"]
    assert isinstance(text, dict)
    assert ">new<" in str(text["div"])


def test_element_is_found_by_position_and_by_value() -> None:
    by_place = patched('<replace sel="Patient/name[2]/family/@value">C</replace>')
    by_value = patched(
        "<replace sel=\"/Patient/name[use/@value='usual']/family/@value\">C</replace>"
    )
    assert name(1, by_place)["family"] == name(1, by_value)["family"] == "C"


def test_elements_are_added_at_the_end_the_beginning_before_and_after() -> None:
    given = '<given value="X"/>'
    places = {
        f'<add sel="Patient/name[1]">{given}</add>': ["G", "H", "X"],
        f'<add sel="Patient/name[1]" pos="prepend">{given}</add>': ["X", "G", "H"],
        f'<add sel="Patient/name[1]/given[1]" pos="after">{given}</add>': ["G", "X", "H"],
        f'<add sel="Patient/name[1]/given[1]" pos="before">{given}</add>': ["X", "G", "H"],
    }
    for content, expected in places.items():
        assert name(0, patched(content))["given"] == expected


def test_attribute_is_added() -> None:
    made = patched('<add sel="Patient/birthDate" type="@id">b</add>')
    assert made["_birthDate"] == {"id": "b"}


def test_element_is_replaced_and_removed() -> None:
    made = patched('<replace sel="Patient/name[2]"><name><text value="T"/></name></replace>')
    assert name(1, made) == {"text": "T"}
    assert len(str(patched('<remove sel="Patient/name[1]"/>'))) < len(str(PATIENT))


def test_operations_see_what_those_before_them_did() -> None:
    made = patched(
        '<remove sel="Patient/name[1]"/><replace sel="Patient/name/use/@value">old</replace>'
    )
    assert made["name"] == [{"use": "old", "family": "B"}]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ('<remove sel="Patient/gender"/>', Invalid),
        ('<remove sel="Patient/name"/>', Invalid),
        ('<remove sel="Patient"/>', Invalid),
        ('<replace sel="Patient"><Patient/></replace>', Invalid),
        ('<replace sel="Patient/active/@nothing">x</replace>', Invalid),
        ('<add sel="Patient/active/@value">x</add>', Invalid),
        ('<add sel="Patient/active" type="@value">x</add>', Invalid),
        ('<add sel="Patient/active" type="@a b">x</add>', Invalid),
        ('<add sel="Patient/active" type="@a:b">x</add>', Invalid),
        ('<add sel="Patient/active" type="@">x</add>', Invalid),
        ('<replace sel="Patient/active/@a:b">x</replace>', Invalid),
        ('<add sel="Patient">text</add>', BadRequest),
        ('<add sel="Patient" pos="inside"><active/></add>', BadRequest),
        ('<move sel="Patient/active"/>', BadRequest),
        ("<remove/>", BadRequest),
        ('<remove sel="//*"/>', BadRequest),
        ('<remove sel="Patient/name[count(//*) > 1]"/>', BadRequest),
        ("<remove sel=\"document('/etc/passwd')\"/>", BadRequest),
        ('<remove sel="x:Patient"/>', BadRequest),
        ('<add sel="Patient"><nonsense xmlns="urn:x"/></add>', Malformed),
        ('<add sel="Patient"><active value="true"/></add>', Malformed),
    ],
)
def test_what_cannot_be_carried_out_is_refused(content: str, error: type[FhirError]) -> None:
    with pytest.raises(error):
        patched(content)


def test_body_that_is_no_diff_is_refused() -> None:
    for body in (b"<x/>", b"", b'{"op":"add"}', b"<!DOCTYPE a><diff/>"):
        with pytest.raises((BadRequest, Malformed)):
            apply_xml_patch(body, copy.deepcopy(PATIENT), SHAPES.definitions)
