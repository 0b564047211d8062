"""ORC and OBR to the ServiceRequest entry: how an order meets the one that is stored."""

from collections.abc import Mapping
from urllib.parse import quote

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, Mode
from mappers.v2_fhir.identity import (
    Key,
    chosen_key,
    identifier_keys,
    identifier_query,
    stable_id,
)
from mappers.v2_fhir.observation import notes_of
from mappers.v2_fhir.order import Order
from mappers.v2_fhir.segments.orc import SERVICE_REQUEST
from mappers.v2_fhir.segments.tq1 import ORDER_TIMING
from mappers.v2_fhir.source import SegmentSource
from mappers.v2_fhir.work import Work

ORDER_TYPES = ("PLAC", "FILL")
NUMBERS = ("ORC-2", "OBR-2", "ORC-3", "OBR-3")
PLACES = ("NW", "SN", "PR", "NA", "OK", "")

STAYS: Mapping[str, tuple[str, ...]] = {
    "draft": ("active", "on-hold", "completed", "revoked", "entered-in-error"),
    "active": ("completed", "revoked", "entered-in-error"),
    "on-hold": ("completed", "revoked", "entered-in-error"),
    "revoked": ("completed", "entered-in-error"),
    "completed": ("entered-in-error",),
    "entered-in-error": (),
    "unknown": ("draft", "active", "on-hold", "completed", "revoked", "entered-in-error"),
}
"""The stored states an order does not leave for the new one: what comes late takes nothing back."""


def service_request(work: Work, order: Order, shared: JsonObject) -> JsonObject:
    """Return the ServiceRequest of an order, with its timing, notes and subject."""
    source = work.source(order.orc, order.obr)
    request: JsonObject = {"resourceType": "ServiceRequest"}
    work.run(SERVICE_REQUEST, source, request)
    request.setdefault("status", "unknown")
    for timing in order.timings[:1]:
        _add_timing(work.run(ORDER_TIMING, work.source(timing)), request)
    parents = parents_of(work, source)
    if parents:
        request["basedOn"] = parents
    notes = [*listed(request.get("note")), *notes_of(work, order.order_notes)]
    return request | shared | ({"note": notes} if notes else {})


def listed(value: JsonValue) -> list[JsonValue]:
    """Return the value as a list, an empty one where it is none."""
    return value if isinstance(value, list) else []


def _add_timing(timing: JsonObject, request: JsonObject) -> None:
    """Write TQ1 into the order; a requested time of OBR-6 becomes an event of the timing."""
    when = timing.get("occurrenceTiming")
    if isinstance(when, dict) and "occurrenceDateTime" in request:
        when["event"] = [request.pop("occurrenceDateTime")]
    notes = [*listed(request.get("note")), *listed(timing.pop("note", None))]
    for name, value in timing.items():
        request[name] = value
    if notes:
        request["note"] = notes


def parents_of(work: Work, source: SegmentSource) -> list[JsonValue]:
    """Return logical references to the parent orders: OBR-54, OBR-29, ORC-8."""
    found: list[JsonValue] = []
    for path in ("OBR-54", "OBR-29", "ORC-8"):
        for identifier in parent_numbers(work, source, path):
            reference: JsonValue = {"type": "ServiceRequest", "identifier": identifier}
            if not found:
                found.append(reference)
    return found


def parent_numbers(work: Work, source: SegmentSource, path: str) -> list[JsonObject]:
    """Return the numbers of a parent order in an EIP: the placer's, then the filler's."""
    numbers: list[JsonObject] = []
    for node in source.nodes(path):
        for component, name, code in ((1, "placer", "PLAC"), (2, "filler", "FILL")):
            value, namespace, universal, kind = (*node.parts(component), "", "", "", "")[:4]
            if value:
                system = work.feed.identifier_system(namespace, universal, kind, name)
                numbers.append(_number(code, system, value))
    return numbers


def _number(code: str, system: str, value: str) -> JsonObject:
    kind: JsonObject = {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": code}
    return {"type": {"coding": [kind]}, "system": system, "value": value}


def is_numbered(work: Work, order: Order) -> bool:
    """Say whether an order number is sent."""
    source = work.source(order.orc, order.obr)
    return any(any(source.texts(path)) for path in NUMBERS)


def add_request(work: Work, request: JsonObject, mode: Mode, control: str = "") -> str:
    """Add an order that has a number; return the reference to it, empty where it has none.

    It is matched by the placer's number, else the filler's, else the requisition and its code.
    """
    key = chosen_key(request, ORDER_TYPES)
    if key is None:
        return ""
    url = f"urn:uuid:{stable_id(work.feed.name, 'ServiceRequest', *key)}"
    status = str(request["status"])
    stays = STAYS.get(status, ())
    if status == "active" and control in PLACES:
        stays = (*stays, "on-hold")
    unsaid = ("status",) if status == "unknown" else ()
    entry = Entry(
        request,
        url,
        "ServiceRequest",
        mode,
        identifier_query(key),
        defaults=(*unsaid, "intent"),
        stays=stays,
        others=_others(request, key),
    )
    work.add(entry)
    return url


def other_numbers(request: JsonObject, key: Key) -> tuple[str, ...]:
    """Return the searches for an order by its numbers beside the key."""
    numbers = [number for _, number in identifier_keys(request)]
    return tuple(identifier_query(number) for number in numbers if number != key)


def _others(request: JsonObject, key: Key) -> tuple[str, ...]:
    """Return the further ways to find an order: its other numbers, then requisition and code."""
    found = list(other_numbers(request, key))
    requisition = request.get("requisition")
    codes = code_tokens(request)
    if isinstance(requisition, dict) and codes:
        number = (str(requisition["system"]), str(requisition["value"]))
        query = identifier_query(number).replace("identifier=", "requisition=", 1)
        found.append(f"{query}&code={codes}")
    return tuple(found)


def code_tokens(resource: JsonObject) -> str:
    """Return the codes of a resource as a token search: any of them."""
    tokens = []
    for coding in read(resource, "code.coding"):
        system, code = read(coding, "system"), read(coding, "code")
        if code:
            token = f"{system[0]}|{code[0]}" if system else str(code[0])
            tokens.append(quote(token, safe=""))
    return ",".join(tokens)
