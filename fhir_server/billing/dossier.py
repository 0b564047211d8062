"""What is gathered of one claim to prove what became of it: resources, and excerpts of files."""

from base64 import b64encode
from dataclasses import dataclass, field

from fhir_server.billing.excerpt import Excerpt
from fhir_server.interactions.claim_record import EXCHANGE
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.store.exchanges import Exchange

EDI_X12 = "application/edi-x12"


@dataclass
class Dossier:
    """What is gathered of one claim: resources by reference, and excerpts as Binaries."""

    number: str
    resources: dict[str, JsonObject] = field(default_factory=dict)
    binaries: list[JsonObject] = field(default_factory=list)

    def excerpt(self, name: str, exchange: Exchange, one: Excerpt) -> JsonObject:
        """Return the parameter that tells an excerpt, its bytes kept as a Binary."""
        id = f"x{exchange.id}-{one.offset}-{len(one.data)}"
        binary: JsonObject = {
            "resourceType": "Binary",
            "id": id,
            "contentType": EDI_X12,
            "data": b64encode(one.data).decode(),
        }
        if binary not in self.binaries:
            self.binaries.append(binary)
        return parameter(
            name,
            {
                "name": "exchange",
                "valueIdentifier": {"system": EXCHANGE, "value": str(exchange.id)},
            },
            {"name": "kind", "valueCode": exchange.facts.kind or "X12"},
            {"name": "sha256", "valueString": exchange.sha256},
            {"name": "segment", "valuePositiveInt": one.ordinal},
            {"name": "offset", "valueUnsignedInt": one.offset},
            {"name": "length", "valueUnsignedInt": len(one.data)},
            {"name": "excerpt", "valueReference": {"reference": f"Binary/{id}"}},
        )


def parameter(name: str, *parts: JsonObject) -> JsonObject:
    """Return a parameter of parts."""
    listed: list[JsonValue] = list(parts)
    return {"name": name, "part": listed}
