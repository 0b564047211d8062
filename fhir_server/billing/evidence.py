"""`Claim/{id}/$evidence`: from each answered line back to the bytes and to what was billed.

A Bundle of type collection. First a Parameters that tells, line by line, what was submitted and
what was answered, each with exchange, segment, byte offset, length and SHA-256 of the whole file;
then the resources it names: the claim, its encounters and charges, its responses, the Provenance
of its moves, and a Binary for each excerpt. The first acceptance is the proof of timely filing.
"""

from collections.abc import Iterator, Mapping, Sequence

from fhir_server.billing.dossier import Dossier, parameter
from fhir_server.billing.excerpt import (
    Excerpt,
    Submitted,
    acknowledged,
    answered,
    statuses,
    submitted,
)
from fhir_server.billing.filing_limit import limit_of
from fhir_server.billing.gathering import gather, read_claim
from fhir_server.interactions.claim_record import EXCHANGE, exchange_reference
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange
from fhir_server.store.reader import Reader
from mappers.path import read

MOST = 200
FOLLOWED = ("Encounter",)


def evidence(id: str, reader: Reader, runtime: Runtime) -> JsonObject:
    """Return the Bundle of a claim. Raises NotFound, Gone."""
    claim = read_claim(id, reader)
    number = next((str(one) for one in read(claim, "identifier[0].value")), "")
    dossier = Dossier(number, {f"Claim/{id}": claim})
    _gather(claim, dossier, reader, runtime)
    journal = _journal(id, dossier, reader)
    parameters: list[JsonValue] = [
        *_filing(claim, journal, dossier, reader),
        *(_told(one) for one in journal),
        *_heads(journal, id, dossier, reader),
        *_lines(claim, journal, dossier),
    ]
    index: JsonObject = {"resourceType": "Parameters", "parameter": parameters}
    entries: list[JsonValue] = [{"resource": index}]
    entries += [
        {"fullUrl": f"urn:parity:{reference}", "resource": one}
        for reference, one in dossier.resources.items()
    ]
    entries += [
        {"fullUrl": f"urn:parity:Binary/{one['id']}", "resource": one} for one in dossier.binaries
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _gather(claim: JsonObject, dossier: Dossier, reader: Reader, runtime: Runtime) -> None:
    """Take in what the claim bills and what was recorded and answered of it."""
    linked = gather(claim, reader)
    dossier.resources |= {
        reference: one for reference, one in linked.items() if reference.startswith(FOLLOWED)
    }
    encounters = [one for one in dossier.resources if one.startswith("Encounter/")]
    asked = [
        ("ClaimResponse", "request", f"Claim/{claim['id']}"),
        ("Provenance", "target", f"Claim/{claim['id']}"),
        *(("ChargeItem", "context", one) for one in encounters),
    ]
    for type, criterion, reference in asked:
        criteria = Criteria.of(type, ((criterion, reference),), runtime)
        for version in matches(criteria, reader, limit=MOST):
            dossier.resources[f"{type}/{version.id}"] = decode(version.body)


def _journal(id: str, dossier: Dossier, reader: Reader) -> list[Exchange]:
    """Return the exchanges that carried the claim or answered it, in the order of time."""
    found = {one.id: one for one in exchanges.of_resource(reader, "Claim", id)}
    for reference in dossier.resources:
        type, _, name = reference.partition("/")
        if type == "ClaimResponse":
            found |= {one.id: one for one in exchanges.of_resource(reader, type, name)}
    return [found[one] for one in sorted(found)]


def _filing(
    claim: JsonObject, journal: Sequence[Exchange], dossier: Dossier, reader: Reader
) -> Iterator[JsonObject]:
    """Yield the filing limit, and the first acceptance as the proof that it was kept."""
    limit = limit_of(claim, reader)
    sent = next((one for one in journal if one.direction == "out"), None)
    proof = next((one for one in journal if _accepts(one, dossier)), None)
    parts: list[JsonValue] = []
    if limit is not None:
        parts.append({"name": "limit", "valueDate": limit.isoformat()})
    if sent is not None:
        parts.append({"name": "written", "valueInstant": sent.received.isoformat()})
    if proof is not None:
        parts.append({"name": "accepted", "valueInstant": proof.received.isoformat()})
        parts.append({"name": "proof", "valueReference": exchange_reference(proof)})
    if parts:
        yield {"name": "filing", "part": parts}


def _accepts(exchange: Exchange, dossier: Dossier) -> bool:
    """Tell whether an exchange brought the claim into a state of acceptance."""
    for one in dossier.resources.values():
        states = read(one, "activity.coding.code")
        if one.get("resourceType") == "Provenance" and set(states) & {"received", "accepted"}:
            named = read(one, "entity.what.identifier.value")
            if str(exchange.id) in named:
                return True
    return False


def _told(exchange: Exchange) -> JsonObject:
    """Return the parameter of one exchange."""
    facts = exchange.facts
    return parameter(
        "exchange",
        {"name": "id", "valueIdentifier": {"system": EXCHANGE, "value": str(exchange.id)}},
        {"name": "direction", "valueCode": exchange.direction},
        {"name": "kind", "valueCode": facts.kind or "X12"},
        {"name": "control", "valueString": facts.control},
        {"name": "state", "valueCode": exchange.state},
        {"name": "at", "valueInstant": exchange.received.isoformat()},
        {"name": "sha256", "valueString": exchange.sha256},
    )


def _heads(
    journal: Sequence[Exchange], id: str, dossier: Dossier, reader: Reader
) -> Iterator[JsonObject]:
    """Yield the excerpts that speak of the claim as a whole."""
    sets: list[str] = []
    for exchange in journal:
        if exchange.facts.kind == "837" and exchange.direction == "out":
            sets += [one.place for one in exchanges.links_of(reader, exchange.id) if one.id == id]
            found = submitted(exchange.body, dossier.number)
            heads = [found.claim] if found else []
        elif exchange.facts.kind == "999":
            heads = [one for control in dict.fromkeys(sets) for one in
                     acknowledged(exchange.body, control)]  # fmt: skip
        elif exchange.facts.kind == "277":
            heads = statuses(exchange.body, dossier.number)
        else:
            heads = [head for head, _ in answered(exchange.body, dossier.number)]
        yield from (dossier.excerpt("claim", exchange, one) for one in heads)


def _lines(
    claim: JsonObject, journal: Sequence[Exchange], dossier: Dossier
) -> Iterator[JsonObject]:
    """Yield each line of the claim: what it bills, how it was submitted, how it was answered."""
    items = claim.get("item")
    sent = [
        (one, found)
        for one in journal
        if one.direction == "out" and (found := submitted(one.body, dossier.number))
    ]
    paid = [
        (one, excerpt)
        for one in journal
        if one.facts.kind == "835"
        for _, lines in answered(one.body, dossier.number)
        for excerpt in lines
    ]
    for at, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield _line(at, item, sent, paid, dossier)


def _line(
    at: int,
    item: Mapping[str, JsonValue],
    sent: Sequence[tuple[Exchange, Submitted]],
    paid: Sequence[tuple[Exchange, Excerpt]],
    dossier: Dossier,
) -> JsonObject:
    parts: list[JsonValue] = [
        {"name": "sequence", "valuePositiveInt": item.get("sequence", at + 1)}
    ]
    parts += [
        {"name": "encounter", "valueReference": {"reference": one}}
        for one in read(dict(item), "encounter.reference")
    ]
    parts += [
        {"name": "charge", "valueReference": {"reference": one}} for one in _charges(item, dossier)
    ]
    names = {str(at + 1)}
    for exchange, found in sent:
        if at < len(found.lines):
            parts.append(dossier.excerpt("submitted", exchange, found.lines[at]))
            names |= {found.controls[at]} - {""}
    parts += [
        dossier.excerpt("answered", exchange, one) for exchange, one in paid if one.line in names
    ]
    return {"name": "line", "part": parts}


def _charges(item: Mapping[str, JsonValue], dossier: Dossier) -> Iterator[str]:
    """Yield the ChargeItems a line bills: of its encounter, with its procedure code."""
    encounters = read(dict(item), "encounter.reference")
    codes = set(map(str, read(dict(item), "productOrService.coding.code")))
    for reference, one in dossier.resources.items():
        if one.get("resourceType") != "ChargeItem":
            continue
        same = set(map(str, read(one, "code.coding.code"))) & codes
        if same and set(read(one, "context.reference")) & set(encounters):
            yield reference
