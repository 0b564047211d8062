"""The official examples as XML and back: equal each time, decimals and narrative as spelled.

Source: https://hl7.org/fhir/R4/xml.html.
"""

from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.xml.reader import XmlReader
from fhir_server.model.xml.shape import Shapes
from fhir_server.model.xml.writer import XmlWriter
from profiles.loader import load
from tests.conformance.material import examples, needs_material, synthea_bundles

pytestmark = needs_material
SHAPES = Shapes(load())
READER = XmlReader(SHAPES)
WRITER = XmlWriter(SHAPES)


def ordered(value: JsonValue) -> JsonValue:
    """Return a value with the members of its objects in order of name."""
    if isinstance(value, dict):
        return {name: ordered(value[name]) for name in sorted(value)}
    return [ordered(one) for one in value] if isinstance(value, list) else value


def canonical(resource: JsonObject) -> bytes:
    """Return JSON in which equal resources have equal bytes, numbers as they are spelled."""
    return encode({"": ordered(resource)})


def test_json_to_xml_to_json_gives_every_example_back() -> None:
    assert len(examples()) == 696
    for resource in examples():
        again = READER.decode(WRITER.encode(resource))
        assert canonical(again) == canonical(resource), resource["id"]


def test_xml_to_json_to_xml_gives_every_example_back() -> None:
    for resource in examples():
        text = WRITER.encode(resource)
        assert WRITER.encode(READER.decode(text)) == text, resource["id"]


def test_indented_xml_is_the_same_resource() -> None:
    for resource in examples():
        text = WRITER.encode(resource, pretty=True)
        assert canonical(READER.decode(text)) == canonical(resource), resource["id"]


def test_synthea_bundles_survive_xml() -> None:
    for bundle in synthea_bundles()[:4]:
        assert READER.decode(WRITER.encode(bundle)) == bundle
