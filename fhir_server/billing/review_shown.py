"""Stored resources shown in a response Bundle: copies become the entries they were made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhir_server.model.resource import JsonObject, JsonValue
from mappers.path import read


@dataclass(slots=True)
class Shown:
    """Shows stored resources in the Bundle: copies become the entries they were made of."""

    back: Mapping[str, str]
    urls: Mapping[str, str]
    base: str
    needed: dict[str, None] = field(default_factory=dict)

    def resource(self, resource: JsonObject) -> JsonObject:
        """Return a resource whose references lead to entries of the Bundle or to this server."""
        made = self._value({name: one for name, one in resource.items() if name != "contained"})
        shown = made if isinstance(made, dict) else {}
        inner = [
            one
            for one in read(resource, "contained")
            if isinstance(one, dict) and f"#{one.get('id')}" not in self.back
        ]
        return {**shown, "contained": [self._value(one) for one in inner]} if inner else shown

    def _value(self, value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if not isinstance(value, dict):
            return value
        made = {name: self._value(one) for name, one in value.items()}
        reference = value.get("reference")
        if isinstance(reference, str):
            made["reference"] = self._reference(reference)
        return made

    def _reference(self, reference: str) -> str:
        key = self.back.get(reference)
        if key is None and reference in self.urls:
            key = reference
        if key is not None:
            self.needed[key] = None
            return self.urls.get(key, f"{self.base}/{key}")
        is_local = reference.startswith("#") or ":" in reference
        return reference if is_local else f"{self.base}/{reference}"
