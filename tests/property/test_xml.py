"""Whatever valid JSON says, XML says too: values, nulls, extensions, characters, numbers."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_server.model.codec import decode, encode, read_decimal
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.xml.reader import XmlReader
from fhir_server.model.xml.shape import Shapes
from fhir_server.model.xml.writer import XmlWriter
from fhir_server.outcome import Malformed
from profiles.loader import load

SHAPES = Shapes(load())
READER = XmlReader(SHAPES)
WRITER = XmlWriter(SHAPES)
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"' "),
    min_size=1,
    max_size=20,
)
NUMBERS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,9})([eE][+-]?[0-9]{1,2})?", fullmatch=True
)
EXTENSION: st.SearchStrategy[JsonValue] = st.fixed_dictionaries(
    {"url": TEXT}, optional={"valueString": TEXT, "id": TEXT}
).map(lambda made: {**made})
SIBLING: st.SearchStrategy[JsonValue] = st.one_of(
    TEXT.map(lambda text: {"id": text}),
    st.lists(EXTENSION, min_size=1, max_size=2).map(lambda some: {"extension": some}),
)


@st.composite
def names(draw: st.DrawFn) -> JsonObject:
    """Return a HumanName whose given names have values, extensions or both."""
    pairs = draw(st.lists(st.tuples(st.none() | TEXT, st.none() | SIBLING), min_size=1, max_size=4))
    pairs = [pair for pair in pairs if pair != (None, None)] or [("x", None)]
    name: JsonObject = {}
    if any(value is not None for value, _ in pairs):
        name["given"] = [value for value, _ in pairs]
    if any(sibling is not None for _, sibling in pairs):
        name["_given"] = [sibling for _, sibling in pairs]
    if draw(st.booleans()):
        name["family"] = draw(TEXT)
    if draw(st.booleans()):
        name["_family"] = draw(SIBLING)
    return name


@settings(deadline=None)
@given(st.lists(names(), min_size=1, max_size=3), st.booleans())
def test_names_with_any_characters_and_extensions_survive(
    some: list[JsonObject], pretty: bool
) -> None:
    patient: JsonObject = {"resourceType": "Patient", "name": [*some]}
    assert READER.decode(WRITER.encode(patient, pretty=pretty)) == patient


@settings(deadline=None)
@given(NUMBERS)
def test_decimals_survive_as_spelled(text: str) -> None:
    value = {"value": read_decimal(text)}
    observation: JsonObject = {"resourceType": "Observation", "valueQuantity": {**value}}
    again = READER.decode(WRITER.encode(observation))
    assert encode(again) == encode(observation)
    assert Decimal(text) == value["value"]


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    for text in (data, b'<Patient xmlns="http://hl7.org/fhir">' + data + b"</Patient>"):
        try:
            resource = READER.decode(text)
        except Malformed:
            continue
        assert decode(encode(resource)) == resource
