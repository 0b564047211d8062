"""Resources as XML: order, attributes, values as spelled, extensions, narrative."""

import pytest

from fhir_server.model.codec import decode
from tests.unit.fhir_server.model.xml.sample import READER, WRITER, body

DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'


def written(text: str) -> str:
    return body(WRITER.encode(decode(text.encode())))


def test_elements_come_in_the_order_of_the_definition() -> None:
    text = '{"gender":"male","resourceType":"Patient","active":true,"id":"1"}'
    expected = '<Patient><id value="1"/><active value="true"/><gender value="male"/></Patient>'
    assert written(text) == expected


def test_resource_without_elements_is_empty() -> None:
    assert written('{"resourceType":"Patient"}') == "<Patient/>"


def test_element_id_and_extension_url_are_attributes() -> None:
    text = '{"resourceType":"Basic","extension":[{"valueCode":"c","url":"u","id":"i"}]}'
    inner = '<extension id="i" url="u"><valueCode value="c"/></extension>'
    assert written(text) == f"<Basic>{inner}</Basic>"


@pytest.mark.parametrize(
    "number",
    ["1.10", "1e3", "1E+3", "-0", "0.00000001", "100", "-7.0e-2", "12345678901234567890.10"],
)
def test_decimals_keep_their_spelling(number: str) -> None:
    text = f'{{"resourceType":"Observation","valueQuantity":{{"value":{number}}}}}'
    expected = (
        f'<Observation><valueQuantity><value value="{number}"/></valueQuantity></Observation>'
    )
    assert written(text) == expected


def test_values_are_escaped_so_that_a_parser_gives_them_back() -> None:
    family = 'a<b>&"c"\td\ne\rf\'g é\U0001f600'
    patient = {"resourceType": "Patient", "name": [{"family": family}]}
    again = READER.decode(WRITER.encode(decode(as_json(patient))))
    assert again == patient


def test_characters_that_xml_has_not_are_replaced() -> None:
    assert "\ufffd" in written('{"resourceType":"Patient","name":[{"family":"a\\uffffb"}]}')


def test_primitive_has_id_extensions_and_value_together() -> None:
    text = (
        '{"resourceType":"Patient","_birthDate":{"id":"x","extension":[{"url":"u",'
        '"valueInteger":5}]},"birthDate":"1980"}'
    )
    inner = '<birthDate value="1980" id="x"><extension url="u"><valueInteger value="5"/>'
    assert written(text) == f"<Patient>{inner}</extension></birthDate></Patient>"


def test_arrays_of_values_and_extensions_are_aligned() -> None:
    text = (
        '{"resourceType":"Patient","name":[{"given":["A",null,"C"],'
        '"_given":[null,{"id":"2"},{"id":"3"}]}]}'
    )
    inner = '<given value="A"/><given id="2"/><given value="C" id="3"/>'
    assert written(text) == f"<Patient><name>{inner}</name></Patient>"


def test_extensions_alone_stand_in_for_the_value() -> None:
    text = '{"resourceType":"Patient","name":[{"_given":[{"id":"2"}],"_family":{"id":"3"}}]}'
    assert written(text) == '<Patient><name><family id="3"/><given id="2"/></name></Patient>'


def test_resources_inside_resources_are_wrapped() -> None:
    text = (
        '{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Basic",'
        '"contained":[{"resourceType":"Patient","id":"p"}]}}]}'
    )
    inner = '<Basic><contained><Patient><id value="p"/></Patient></contained></Basic>'
    entry = f"<entry><resource>{inner}</resource></entry>"
    assert written(text) == f'<Bundle><type value="batch"/>{entry}</Bundle>'


def test_outcome_of_a_bundle_response_is_a_resource() -> None:
    text = (
        '{"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"404",'
        '"outcome":{"resourceType":"OperationOutcome"}}}]}'
    )
    assert "<outcome><OperationOutcome/></outcome>" in written(text)


def test_narrative_is_written_as_it_is() -> None:
    div = f"{DIV}<p title='q'>a&lt;b &amp; c<br></br><!-- note --></p></div>"
    text = as_json({"resourceType": "Basic", "text": {"status": "generated", "div": div}})
    assert div in written(text.decode())


def test_named_entities_of_html_become_numbers_in_narrative() -> None:
    text = f'{{"resourceType":"Basic","text":{{"div":"{DIV}a&nbsp;b&copy;&lt;</div>"}}}}'
    shown = written(text.replace('="', '=\\"').replace('l">', 'l\\">'))
    assert "a&#160;b&#169;&lt;" in shown


def test_pretty_puts_each_element_on_a_line() -> None:
    patient = {"resourceType": "Patient", "name": [{"family": "F", "given": ["G"]}]}
    text = WRITER.encode(decode(as_json(patient)), pretty=True)
    assert [line.decode() for line in text.split(b"\n")][2:] == [
        "  <name>",
        '    <family value="F"/>',
        '    <given value="G"/>',
        "  </name>",
        "</Patient>",
    ]
    assert READER.decode(text) == patient


def as_json(resource: object) -> bytes:
    import json

    return json.dumps(resource, ensure_ascii=False).encode()
