"""Remittance, 835, to a PaymentReconciliation: the payment, its claims, what is taken off."""

from collections.abc import Iterator, Sequence

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import payment_table as table
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import (
    listed,
    member,
    money,
    some,
    unread,
)
from mappers.fhir_x12.payment_detail import claim_detail, provider_detail
from mappers.fhir_x12.payment_response import Answered, claim_response, in_currency
from mappers.fhir_x12.remittance import Remittance
from mappers.fhir_x12.twin_reading import read_segments
from mappers.path import JsonObject, JsonValue
from mappers.x12.tree import LoopNode

__all__ = ["Answered", "claim_response", "payment_reconciliation", "set_aside"]


def payment_reconciliation(
    remittance: Remittance, answered: Sequence[Answered], id: str, created: str
) -> JsonObject:
    """Return the PaymentReconciliation; its details sum to the payment, as PLB is among them.

    `created` is a FHIR dateTime.
    """
    details: list[JsonValue] = [
        *(claim_detail(remittance, one) for one in answered),
        *(provider_detail(one, remittance) for one in remittance.provider_adjustments),
    ]
    return of_payment(remittance, details, id, created)


def of_payment(
    remittance: Remittance, details: Sequence[JsonValue], id: str, created: str
) -> JsonObject:
    """Return the PaymentReconciliation of a remittance with details made before."""
    return {
        **_payment(remittance, id, created),
        "status": "active",
        "outcome": "complete",
        **some("detail", details),
    }


def set_aside(remittance: Remittance, id: str, created: str, reason: str) -> JsonObject:
    """Return a remittance that is not posted: a draft that says why, and no details."""
    return {
        **_payment(remittance, id, created),
        "status": "draft",
        "outcome": "error",
        "disposition": reason,
    }


def _payment(remittance: Remittance, id: str, created: str) -> JsonObject:
    root = remittance.root
    tree: JsonObject = {}
    outer = [one for one in root.segments if one.id not in {"ST", "SE", "PLB"}]
    left = read_segments(table.REMITTANCE, outer, tree)
    value = f"{remittance.payer_id}/{remittance.trace}"
    payee: JsonObject = {"system": system.PAYEE_ID, "value": remittance.payee_id}
    display: JsonObject = {"display": remittance.payer_name} if remittance.payer_name else {}
    issuer = {**member(tree, "paymentIssuer"), **display}
    extensions = [
        *listed(tree, "extension"),
        *_parties(root),
        *unread(left),
    ]
    made: JsonObject = {
        "resourceType": "PaymentReconciliation",
        "id": id,
        **some("extension", extensions),
        "identifier": [{"system": system.PAYMENT_TRACE, "value": value}],
        **({"requestor": {"type": "Organization", "identifier": payee}}
           if remittance.payee_id else {}),
        "created": created,
        "paymentDate": remittance.paid_on or created[:10],
        "paymentAmount": money(remittance.paid),
        **{name: tree[name] for name in ("paymentIdentifier", "formCode") if name in tree},
        **({"paymentIssuer": issuer} if issuer else {}),
    }  # fmt: skip
    return in_currency(remittance, made)


def _parties(root: LoopNode) -> Iterator[JsonValue]:
    """Yield payer, payee and claim groups as extensions."""
    kinds = (
        ("1000A", table.PAYER, ext.PARTY),
        ("1000B", table.PAYEE, ext.PARTY),
        ("2000", table.GROUP, ext.GROUP),
    )
    for id, twins, url in kinds:
        for loop in root.each(id):
            tree: JsonObject = {"url": url}
            read_segments(twins, loop.segments, tree)
            if "extension" in tree:
                yield tree
