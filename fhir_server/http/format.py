"""Bodies in the two formats of FHIR: the resource is its JSON, and XML is read and written here."""

from dataclasses import dataclass, replace

from fhir_server.http.negotiate import FHIR_JSON, Wanted
from fhir_server.model.codec import ANSWER_DEPTH, decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import FhirResponse
from fhir_server.model.xml.shape import Shapes
from fhir_server.model.xml.writer import XmlWriter
from profiles.loader import Definitions


@dataclass(frozen=True, slots=True)
class Formats:
    """Reads and writes bodies; one instance serves all threads of a process."""

    shapes: Shapes

    @classmethod
    def of(cls, definitions: Definitions) -> "Formats":
        """Return the formats of these definitions."""
        return cls(Shapes(definitions))

    def read(self, body: bytes, *, is_xml: bool, limit: int) -> JsonObject:
        """Return the resource of a body of at most `limit` bytes. Raises TooLarge, Malformed."""
        if not is_xml:
            return decode(body, limit=limit)
        # most processes never read XML, and its library takes as long to load as many requests
        from fhir_server.model.xml.reader import XmlReader  # noqa: PLC0415

        return XmlReader(self.shapes).decode(body, limit=limit)

    def write(self, answer: FhirResponse, wanted: Wanted) -> FhirResponse:
        """Return an answer whose JSON of FHIR is written as XML where that is wanted."""
        if not wanted.is_xml or answer.media_type != FHIR_JSON:
            return answer
        body = answer.body
        if body:
            resource = decode(body, max_depth=ANSWER_DEPTH)
            body = XmlWriter(self.shapes).encode(resource, pretty=wanted.pretty)
        return replace(answer, body=body, media_type=wanted.media_type)
