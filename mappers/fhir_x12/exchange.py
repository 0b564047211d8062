"""Who sends claims to whom, and when: the facts of BHT, 1000A and 1000B."""

from dataclasses import dataclass, field
from datetime import datetime

from mappers.path import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Exchange:
    """The facts around the claims of one set.

    `reference` is BHT03, the number of the batch at the submitter. Without a submitter's name the
    billing provider's stands for it; `submitter` holds what else is told of it (a `name` of a
    person, `contact`). `purpose` is BHT02 (18: sent again), `kind` BHT06 (CH a claim, RP an
    encounter reported, 31 subrogation).
    """

    submitter_id: str
    receiver_id: str
    receiver_name: str
    reference: str
    written: datetime
    submitter_name: str = ""
    submitter: JsonObject = field(default_factory=dict)
    purpose: str = "00"
    kind: str = "CH"

    def header(self) -> tuple[str, ...]:
        """Return the elements of BHT."""
        moment = self.written
        return (
            "0019",
            self.purpose,
            self.reference,
            f"{moment:%Y%m%d}",
            f"{moment:%H%M%S}" if moment.second else f"{moment:%H%M}",
            self.kind,
        )

    def sender(self, provider: JsonObject) -> JsonObject:
        """Return the submitter as a party; name and telephone are the provider's if it has none."""
        telecom = provider.get("telecom")
        points = [
            one
            for kind in ("phone", "email")
            for one in (telecom if isinstance(telecom, list) else [])
            if isinstance(one, dict) and one.get("system") == kind
        ]
        name = self.submitter_name or _name(provider)
        own: list[JsonValue] = [{"name": {"text": name}, "telecom": list[JsonValue](points)}]
        return {
            "resourceType": "Organization",
            "name": name,
            "contact": own if points else provider.get("contact", own),
            **self.submitter,
            "id": self.submitter_id,
        }


def _name(provider: JsonObject) -> JsonValue:
    """Return the name of an organization, the family name of a person."""
    name = provider.get("name")
    if isinstance(name, list):
        first = name[0] if name else {}
        return first.get("family") if isinstance(first, dict) else None
    return name
