"""References of a Bundle rewritten to what is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhir_server.model.resource import JsonObject, JsonValue


@dataclass(slots=True)
class Keeping:
    """Rewrites references, and notes which resources they lead to."""

    targets: Mapping[str, str]
    found: dict[str, None] = field(default_factory=dict)

    def rewritten(self, resource: JsonObject) -> JsonObject:
        """Return a resource whose references lead to what is kept."""
        made = self._value(resource)
        return made if isinstance(made, dict) else {}

    def _value(self, value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if not isinstance(value, dict):
            return value
        made = {name: self._value(one) for name, one in value.items()}
        reference = value.get("reference")
        if isinstance(reference, str) and reference in self.targets:
            self.found[reference] = None
            made["reference"] = self.targets[reference]
        return made
