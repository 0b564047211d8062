"""The entries of a batch or transaction, read from the Bundle and checked one by one.

Source: https://hl7.org/fhir/R4/bundle.html, http.html#transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from fhir_server.interactions.address import Address, parse_address
from fhir_server.interactions.entry_error import at_entry
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, FhirError, TooLarge

Method = Literal["DELETE", "POST", "PUT", "PATCH", "GET", "HEAD"]
METHODS: dict[str, Method] = {name: name for name in get_args(Method)}
BundleType = Literal["batch", "transaction"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its place in the Bundle, what it asks for, and its conditions."""

    index: int
    method: Method
    address: Address
    full_url: str | None
    resource: JsonObject | None
    headers: tuple[tuple[str, str], ...]

    @property
    def place(self) -> str:
        """The FHIRPath of the entry."""
        return f"Bundle.entry[{self.index}]"

    def header(self, name: str) -> str | None:
        """Return a condition by its HTTP header name in lower case."""
        return dict(self.headers).get(name)


CONDITIONS = {
    "ifMatch": "if-match",
    "ifNoneMatch": "if-none-match",
    "ifNoneExist": "if-none-exist",
    "ifModifiedSince": "if-modified-since",
}


def bundle_type(bundle: JsonObject) -> BundleType:
    """Return whether a Bundle is a batch or a transaction. Raises BadRequest for anything else."""
    match bundle.get("type"):
        case "batch":
            return "batch"
        case "transaction":
            return "transaction"
        case _:
            raise BadRequest(
                "Bundle.type must be batch or transaction",
                expression="Bundle.type",
                detail="bundle-type",
            )


def bundle_entries(bundle: JsonObject, limit: int) -> list[JsonValue]:
    """Return the entries as they are. Raises TooLarge over the limit, BadRequest for no list."""
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise BadRequest("Bundle.entry must be a list", expression="Bundle.entry")
    if len(entries) > limit:
        raise TooLarge(f"the Bundle has {len(entries)} entries, the limit is {limit}")
    return entries


def read_entry(index: int, value: JsonValue, base: str, is_type: Callable[[str], bool]) -> Entry:
    """Return one entry. Raises BadRequest or NotFound, naming the entry."""
    place = f"Bundle.entry[{index}]"
    entry = _object(value, place)
    request = _object(entry.get("request"), f"{place}.request")
    method = METHODS.get(_text(request, "method", place))
    if method is None:
        raise BadRequest(
            f"{place}.request.method is not served",
            expression=f"{place}.request.method",
            detail="unsupported-method",
        )
    resource = entry.get("resource")
    full_url = entry.get("fullUrl")
    if isinstance(full_url, str) and "/_history/" in full_url:
        raise BadRequest(  # bdl-8
            f"{place}.fullUrl names a version; it must name a resource",
            expression=f"{place}.fullUrl",
        )
    try:
        address = parse_address(_text(request, "url", place), base, is_type)
    except FhirError as error:
        raise at_entry(error, index) from None
    return Entry(
        index,
        method,
        address,
        full_url if isinstance(full_url, str) else None,
        None if resource is None else _object(resource, f"{place}.resource"),
        tuple(
            (header, text)
            for name, header in CONDITIONS.items()
            if isinstance(text := request.get(name), str)
        ),
    )


def _object(value: JsonValue, place: str) -> JsonObject:
    if not isinstance(value, dict):
        raise BadRequest(f"{place} must be an object", expression=place)
    return value


def _text(request: JsonObject, name: str, place: str) -> str:
    value = request.get(name)
    if not isinstance(value, str):
        where = f"{place}.request.{name}"
        raise BadRequest(f"{where} must be a text", expression=where)
    return value
