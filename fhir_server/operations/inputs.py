"""What goes into an operation: the parameters of the URL and those of a Parameters body.

Source: https://hl7.org/fhir/R4/operations.html#request.
"""

from collections.abc import Collection
from dataclasses import dataclass

from fhir_server.model.date import date_span
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest
from fhir_server.outcome import BadRequest, UnknownParameter


@dataclass(frozen=True, slots=True)
class Inputs:
    """The parameters in order; a value is a text from the URL, or what the body holds."""

    pairs: tuple[tuple[str, JsonValue], ...]

    def text(self, name: str) -> str | None:
        """Return the one value of a parameter as text. Raises BadRequest for several."""
        found = self.texts(name)
        if len(found) > 1:
            raise BadRequest(f"{name} may be given once", detail="bad-parameter")
        return found[0] if found else None

    def texts(self, name: str) -> list[str]:
        """Return every value of a parameter as text. Raises BadRequest for another kind."""
        values = [value for key, value in self.pairs if key == name]
        if any(isinstance(value, dict | list) or value is None for value in values):
            raise BadRequest(f"{name} must be a simple value", detail="bad-parameter")
        return [_spelled(value) for value in values]

    def flag(self, name: str) -> bool:
        """Return a boolean parameter, false without it. Raises BadRequest."""
        text = self.text(name)
        if text not in (None, "true", "false"):
            raise BadRequest(f"{name} must be true or false", detail="bad-parameter")
        return text == "true"

    def moment(self, name: str) -> int:
        """Return the first microsecond of a date, dateTime or instant. Raises BadRequest."""
        try:
            # an unescaped plus sign of the offset arrives as a space
            return date_span((self.text(name) or "").replace(" ", "+")).low
        except ValueError:
            text = f"{name} is needed: a date, dateTime or instant"
            raise BadRequest(text, detail="bad-parameter") from None

    def object(self, name: str) -> JsonObject | None:
        """Return the one value of a parameter that is an object. Raises BadRequest."""
        values = [value for key, value in self.pairs if key == name]
        if len(values) > 1 or (values and not isinstance(values[0], dict)):
            raise BadRequest(f"{name} must be one resource or value", detail="bad-parameter")
        return values[0] if values and isinstance(values[0], dict) else None


def read_inputs(request: FhirRequest, known: Collection[str]) -> Inputs:
    """Return the parameters of a request. Raises BadRequest, UnknownParameter."""
    pairs: list[tuple[str, JsonValue]] = list(request.parameters)
    body = request.resource
    if body is not None:
        if body.get("resourceType") != "Parameters":
            raise BadRequest("the body must be a Parameters resource", expression="Parameters")
        listed = body.get("parameter", [])
        rows = listed if isinstance(listed, list) else [None]
        pairs += [_pair(index, row) for index, row in enumerate(rows)]
    unknown = next((name for name, _ in pairs if name not in known), None)
    if unknown is not None:
        shown = unknown[:64] if unknown.replace("_", "").replace("-", "").isalnum() else "a name"
        raise UnknownParameter(
            f"{shown} is no parameter of this operation, which takes {', '.join(sorted(known))}"
        )
    return Inputs(tuple(pairs))


def _pair(index: int, row: JsonValue) -> tuple[str, JsonValue]:
    members = row if isinstance(row, dict) else {}
    values = [
        value for key, value in members.items() if key.startswith("value") or key == "resource"
    ]
    name = members.get("name")
    if not isinstance(name, str) or len(values) != 1:
        raise BadRequest(
            "a parameter has a name and one value or resource",
            expression=f"Parameters.parameter[{index}]",
            detail="bad-parameter",
        )
    return name, values[0]


def _spelled(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
