"""Readers and writers of the tests, and a way to put XML together."""

from fhir_server.model.xml.reader import XmlReader
from fhir_server.model.xml.shape import FHIR, Shapes
from fhir_server.model.xml.writer import XmlWriter
from profiles.loader import load

SHAPES = Shapes(load())
READER = XmlReader(SHAPES)
WRITER = XmlWriter(SHAPES)


def xml(content: str, name: str = "Patient", more: str = "") -> bytes:
    """Return an XML resource of this content."""
    return f'<{name} xmlns="{FHIR}"{more}>{content}</{name}>'.encode()


def body(resource_xml: bytes) -> str:
    """Return XML without its declaration and its namespace, to compare with."""
    text = resource_xml.decode()
    return text.partition("?>")[2].replace(f' xmlns="{FHIR}"', "", 1)
