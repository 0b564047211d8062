"""XML read as the JSON it stands for; what JSON has no words for is refused at its place."""

import pytest

from fhir_server.model.codec import encode
from fhir_server.model.xml.shape import FHIR
from fhir_server.outcome import Malformed, TooLarge
from fhir_server.validation.structure import Validator
from tests.unit.fhir_server.model.xml.sample import READER, SHAPES, xml

VALIDATOR = Validator(SHAPES.definitions)
XHTML = "http://www.w3.org/1999/xhtml"
LAUGHS = (
    '<!DOCTYPE Patient [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    f'<Patient xmlns="{FHIR}"><name><family value="&b;"/></name></Patient>'
)
EXTERNAL = (
    '<!DOCTYPE Patient [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<Patient xmlns="{FHIR}"><name><family value="&x;"/></name></Patient>'
)


def read(content: str, name: str = "Patient", more: str = "") -> str:
    """Return what XML is read as, as JSON text without the type."""
    text = encode(READER.decode(xml(content, name, more))).decode()
    head = f'{{"resourceType":"{name}"'
    assert text.startswith(head)
    return text.removeprefix(head).removeprefix(",").removesuffix("}")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<active value="true"/>', '"active":true'),
        ('<multipleBirthInteger value="-2"/>', '"multipleBirthInteger":-2'),
        ('<birthDate value="1980-02"/>', '"birthDate":"1980-02"'),
        ('<name><given value="A"/><given value="B"/></name>', '"name":[{"given":["A","B"]}]'),
        ('<name id="n"><text value=" a "/></name>', '"name":[{"id":"n","text":" a "}]'),
        ("\n  <active\n value='false' />\n", '"active":false'),
        ("<!-- a --><active value='true'><!-- b --></active>", '"active":true'),
        ('<birthDate id="x"/>', '"_birthDate":{"id":"x"}'),
        (
            '<birthDate value="1980"><extension url="u"/></birthDate>',
            '"birthDate":"1980","_birthDate":{"extension":[{"url":"u"}]}',
        ),
        (
            '<name><given value="A"/><given id="2"/><given value="C"/></name>',
            '"name":[{"given":["A",null,"C"],"_given":[null,{"id":"2"},null]}]',
        ),
        ('<name><given id="1"/></name>', '"name":[{"_given":[{"id":"1"}]}]'),
        (
            '<contained><Basic><id value="b"/></Basic></contained>',
            '"contained":[{"resourceType":"Basic","id":"b"}]',
        ),
        (
            '<active value="true"/><name/><gender value="male"/>',
            '"active":true,"name":[{}],"gender":"male"',
        ),
    ],
)
def test_xml_is_read_as_its_json(content: str, expected: str) -> None:
    assert read(content) == expected


@pytest.mark.parametrize("number", ["1.10", "1e3", "-0", "-0.0", "100", "0.00000001", "1E-7"])
def test_decimals_keep_their_spelling(number: str) -> None:
    content = f'<valueQuantity><value value="{number}"/></valueQuantity>'
    assert read(content, "Observation") == f'"valueQuantity":{{"value":{number}}}'


def test_order_of_elements_may_be_any() -> None:
    content = '<gender value="male"/><name><text value="a"/></name><active value="true"/><name/>'
    assert read(content) == '"gender":"male","name":[{"text":"a"},{}],"active":true'


def test_schema_location_is_let_through() -> None:
    more = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"'
    assert read('<active value="true"/>', more=more) == '"active":true'


def test_prefix_of_a_namespace_means_nothing() -> None:
    text = f'<f:Patient xmlns:f="{FHIR}"><f:active value="true"/></f:Patient>'
    assert READER.decode(text.encode()) == {"resourceType": "Patient", "active": True}


def test_byte_order_mark_and_declaration_are_tolerated() -> None:
    text = b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>" + xml('<id value="1"/>')
    assert READER.decode(text) == {"resourceType": "Patient", "id": "1"}


@pytest.mark.parametrize(
    "div",
    [
        f'<div xmlns="{XHTML}">a</div>',
        f"<div  xmlns='{XHTML}' title = \"x>y\" ><p>a &gt; b<br></br><br /></p></div>",
        f'<div xmlns="{XHTML}"><div>inner</div><div/><!-- <div> --></div>',
        f'<div xmlns="{XHTML}"/>',
        f'<div xmlns="{XHTML}">é &#160; &quot;</div>',
    ],
)
def test_narrative_is_kept_as_it_was_marked_up(div: str) -> None:
    text = xml(f'<text><status value="generated"/>{div}</text>')
    assert READER.decode(text)["text"] == {"status": "generated", "div": div}


def test_narratives_of_many_resources_keep_their_places() -> None:
    one, two = f'<div xmlns="{XHTML}"><div>1</div></div>', f'<div xmlns="{XHTML}">2</div>'
    inner = f"<contained><Basic><text>{two}</text></Basic></contained>"
    resource = READER.decode(xml(f"<text>{one}</text>{inner}"))
    contained = resource["contained"]
    assert isinstance(contained, list)
    assert resource["text"] == {"div": one}
    assert contained == [{"resourceType": "Basic", "text": {"div": two}}]


def test_narrative_with_a_prefix_is_spelled_without() -> None:
    text = '<h:div><h:p title="t">a<h:b>c</h:b>d</h:p></h:div>'
    resource = READER.decode(xml(f"<text>{text}</text>", more=f' xmlns:h="{XHTML}"'))
    div = f'<div xmlns="{XHTML}"><p title="t">a<b>c</b>d</p></div>'
    assert resource["text"] == {"div": div}


@pytest.mark.parametrize(
    ("content", "place", "detail"),
    [
        ("text", "Patient", "text-content"),
        ("<name>x<given value='a'/></name>", "Patient.name", "text-content"),
        ("<name/><name><given value='a'/>x</name>", "Patient.name[1]", "text-content"),
        ("<active value='true'>x</active>", "Patient.active", "text-content"),
        ("<active value='true' other='1'/>", "Patient.active", "unknown-attribute"),
        ("<name use='official'/>", "Patient.name", "unknown-attribute"),
        ("<name xml:lang='en'/>", "Patient.name", "unknown-attribute"),
        ("<active xmlns='urn:x' value='true'/>", "Patient.active", "wrong-namespace"),
        ("<text><div>a</div></text>", "Patient.text.div", "wrong-form"),
        ("<text><div value='a'/></text>", "Patient.text.div", "wrong-form"),
        ("<extension><url value='u'/></extension>", "Patient.extension.url", "wrong-form"),
        ("<name><id value='u'/></name>", "Patient.name.id", "wrong-form"),
        ("<resourceType value='Basic'/>", "Patient.resourceType", "duplicate-key"),
        ("<_active value='x'/>", "Patient._active", "wrong-form"),
        ("<active value='true'/><active value='true'/>", "Patient.active[1]", "duplicate-key"),
        ("<active value='true'/><active id='a'/>", "Patient.active[1]", "duplicate-key"),
        ("<maritalStatus/><maritalStatus/>", "Patient.maritalStatus[1]", "duplicate-key"),
        ("<x/><x/>", "Patient.x[1]", "duplicate-key"),
        ("<name><?php x?></name>", "Patient.name.node()", "no-element"),
        ("<contained/>", "Patient.contained", "nested-resource"),
        ("<contained><Basic/><Basic/></contained>", "Patient.contained", "nested-resource"),
        ("<contained id='a'><Basic/></contained>", "Patient.contained", "nested-resource"),
        ("<contained>x<Basic/></contained>", "Patient.contained", "text-content"),
        ("<contained><Basic>x</Basic></contained>", "Patient.contained", "text-content"),
    ],
)
def test_what_json_has_no_words_for_is_refused_at_its_place(
    content: str, place: str, detail: str
) -> None:
    with pytest.raises(Malformed) as caught:
        READER.decode(xml(content))
    (issue,) = caught.value.issues
    assert (issue.expression, issue.detail) == (place, detail)


@pytest.mark.parametrize(
    ("content", "place", "detail"),
    [
        ("<nonsense value='x'/>", "Patient.nonsense", "unknown-element"),
        ("<name><nonsense/></name>", "Patient.name[0].nonsense", "unknown-element"),
        ("<active value='yes'/>", "Patient.active", "wrong-type"),
        (
            "<multipleBirthInteger value='1.0'/>",
            "Patient.multipleBirth.ofType(integer)",
            "wrong-type",
        ),
        ("<birthDate value='1980-13'/>", "Patient.birthDate", "bad-format"),
        ("<gender value='none'/>", "Patient.gender", "bad-code"),
        ("<gender value=''/>", "Patient.gender", "empty-value"),
        ("<gender/>", "Patient.gender", "empty-value"),
        ("<name/>", "Patient.name[0]", "empty-value"),
        ("<contained><Nothing/></contained>", "Patient.contained[0].resourceType", "unknown-type"),
        (
            f"<text><status value='generated'/><div xmlns='{XHTML}'><script/></div></text>",
            "Patient.text.div",
            "unsafe-narrative",
        ),
    ],
)
def test_what_json_has_words_for_is_found_by_validation(
    content: str, place: str, detail: str
) -> None:
    issues = VALIDATOR.check(READER.decode(xml(content)))
    assert [(one.expression, one.detail) for one in issues] == [(place, detail)]


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        EXTERNAL,
        f'<!DOCTYPE Patient SYSTEM "http://127.0.0.1/x.dtd"><Patient xmlns="{FHIR}"/>',
        f'<Patient xmlns="{FHIR}"><name><family value="&x;"/></name></Patient>',
        f'<Patient xmlns="{FHIR}"><text><div xmlns="{XHTML}">&nbsp;</div></text></Patient>',
        "<Patient/>",
        '<Patient xmlns="http://hl7.org/fhir/"/>',
        f'<Patient xmlns="{FHIR}"><id value="1"></Patient>',
        f'<Patient xmlns="{FHIR}"/><Patient xmlns="{FHIR}"/>',
        f'<?xml version="1.0" encoding="ISO-8859-1"?><Patient xmlns="{FHIR}"/>',
        f'<Patient xmlns="{FHIR}"><id value="a" value="b"/></Patient>',
        f'<Patient xmlns="{FHIR}"><f:id value="a"/></Patient>',
        "",
        " ",
        "{}",
        "<",
    ],
)
def test_what_is_no_fhir_xml_is_malformed(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        READER.decode(text.encode())
    assert "passwd" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        xml('<id value="1"/>').decode().encode("utf-16"),
        b"\xff\xfe",
        xml('<id value="\x01"/>'),
        xml('<id value="&#1;"/>'),
        xml('<id value="1"/>').replace(b"1", b"\xc3"),
        b"<?xml version='1.0' encoding='UTF-16'?>" + xml(""),
    ],
)
def test_other_encodings_and_forbidden_characters_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        READER.decode(data)


def nested(levels: int) -> bytes:
    return xml("<item>" * levels + "</item>" * levels, "Questionnaire")


def test_depth_is_bounded_as_for_json() -> None:
    READER.decode(nested(31))  # each item is an array and an object
    with pytest.raises(Malformed, match="nested deeper"):
        READER.decode(nested(32))
    with pytest.raises(Malformed):
        READER.decode(nested(5000))


def test_size_is_bounded() -> None:
    data = xml('<id value="1"/>')
    assert READER.decode(data, limit=len(data))
    with pytest.raises(TooLarge):
        READER.decode(data, limit=len(data) - 1)


@pytest.mark.parametrize("digits", ["9" * 5000, "1e999", f"0.{'1' * 5000}"])
def test_giant_numbers_are_malformed(digits: str) -> None:
    content = f'<valueQuantity><value value="{digits}"/></valueQuantity>'
    with pytest.raises(Malformed):
        READER.decode(xml(content, "Observation"))


def test_unknown_root_keeps_its_name_for_validation() -> None:
    assert READER.decode(f'<Nothing xmlns="{FHIR}"><a/></Nothing>'.encode()) == {
        "resourceType": "Nothing"
    }
