"""PaymentReconciliation and ClaimResponses to a remittance, 835: what a payer sends.

A response that came out of an 835 is written as it came. One that a payer's own system made needs
no extension: lines are then named by the items of the Claim it answers, and people by the
resources given.
"""

from collections.abc import Iterable, Iterator, Sequence

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import payment_table as table
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import amount_at, objects, said, with_own_extensions
from mappers.fhir_x12.pair import PAIRS
from mappers.fhir_x12.payment_claim_writing import Told, claim_payment
from mappers.fhir_x12.payment_detail_writing import is_adjustment, provider_segments
from mappers.fhir_x12.reference import literal
from mappers.fhir_x12.twin_writing import write_segments
from mappers.path import JsonObject, JsonValue, put, read
from mappers.x12.tree import Node, Seg, node, seg

DEBIT = "D"
_REFERENCE = f"extension[url={ext.GROUP_NUMBER}].valueString"


def payment_set(reconciliation: JsonObject, told: Told) -> Node:
    """Return the set of a PaymentReconciliation, for the writer."""
    details = objects(reconciliation, "detail")
    claims = [one for one in details if read(one, "response.reference")]
    adjustments = [one for one in details if is_adjustment(one)]
    parties = {str(role): loop for role, loop in _parties(reconciliation)}
    header = [*_header(reconciliation), *provider_segments(adjustments)]
    loops = [
        node("1000A", parties.get("PR") or _issuer(reconciliation)),
        node("1000B", parties.get("PE") or _payee(reconciliation)),
        *_groups(reconciliation, claims, told),
    ]
    return node("835", header, loops)


def _header(reconciliation: JsonObject) -> list[Seg]:
    tree: JsonObject = {**reconciliation}
    paid = amount_at(reconciliation, "paymentAmount.value")
    direction = f"extension[url={ext.PAYMENT}].extension[url=direction].valueCode"
    if paid < 0 or not read(tree, direction):
        tree = with_own_extensions(tree)
        put(tree, direction, DEBIT if paid < 0 else "C")
    tree["paymentAmount"] = {"value": abs(paid)}
    for name, default in (("handling", "I" if paid else "H"), ("trace-type", "1")):
        path = f"extension[url={ext.PAYMENT}].extension[url={name}].valueCode"
        if not read(tree, path):
            tree = with_own_extensions(tree)
            put(tree, path, default)
    if not read(tree, "formCode"):
        tree["formCode"] = {
            "coding": [{"system": system.PAYMENT_METHOD, "code": "CHK" if paid else "NON"}]
        }
    return write_segments(table.REMITTANCE, tree)


def _parties(reconciliation: JsonObject) -> Iterator[tuple[JsonValue, list[Seg]]]:
    for one in read(reconciliation, f"extension[url={ext.PARTY}]"):
        role = next(iter(read(one, "extension[url=role].valueCode")), "")
        if isinstance(one, dict):
            yield role, write_segments(table.PAYER if role == "PR" else table.PAYEE, one)


def _issuer(reconciliation: JsonObject) -> list[Seg]:
    name = said(reconciliation, "paymentIssuer.display") or "PAYER"
    return [seg("N1", "PR", PAIRS["text"].write(name))]


def _payee(reconciliation: JsonObject) -> list[Seg]:
    name = said(reconciliation, "requestor.display") or "PAYEE"
    number = said(reconciliation, "requestor.identifier.value")
    kind = "XX" if len(number) == 10 else "FI"
    return [seg("N1", "PE", PAIRS["text"].write(name), kind, number)]


def _groups(reconciliation: JsonObject, claims: Sequence[JsonObject], told: Told) -> Iterator[Node]:
    """Yield the claim groups; claims stand under the LX their detail names."""
    named = [
        one for one in read(reconciliation, f"extension[url={ext.GROUP}]") if isinstance(one, dict)
    ]
    left = list(claims)
    for one in named:
        number = said(one, "extension[url=number].valueString")
        own = [claim for claim in left if said(claim, _REFERENCE) == number]
        left = [claim for claim in left if claim not in own]
        yield node("2000", write_segments(table.GROUP, one), list(_claims(own, told)))
    if left:
        yield node("2000", [seg("LX", len(named) + 1)], list(_claims(left, told)))


def _claims(details: Iterable[JsonObject], told: Told) -> Iterator[Node]:
    for one in details:
        response = told.responses.get(literal(said(one, "response.reference")).partition("/")[2])
        if response is not None:
            yield claim_payment(response, told)
