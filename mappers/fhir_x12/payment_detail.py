"""What a remittance pays or takes, one detail of its reconciliation each."""

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import payment_table as table
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import coding, concept, money, reference, some
from mappers.fhir_x12.pair import PAIRS
from mappers.fhir_x12.payment_response import Answered
from mappers.fhir_x12.remittance import ProviderAdjustment, Remittance
from mappers.path import JsonObject, JsonValue, put


def claim_detail(remittance: Remittance, one: Answered) -> JsonObject:
    """Return what a remittance pays for one claim, as a detail of its reconciliation."""
    number, group = one.payment.payer_claim_number, one.payment.group
    groups: list[JsonValue] = [{"url": ext.GROUP_NUMBER, "valueString": group}] if group else []
    return {
        **some("extension", groups),
        **({"identifier": {"value": number}} if number else {}),
        "type": concept(system.PAYMENT_TYPE, "payment"),
        **({"request": reference("Claim", one.claim)} if one.claim else {}),
        "response": {"reference": f"ClaimResponse/{one.response_id}"},
        **({"date": remittance.paid_on} if remittance.paid_on else {}),
        "amount": money(one.payment.paid),
    }


def provider_detail(one: ProviderAdjustment, remittance: Remittance) -> JsonObject:
    """Return one pair of a PLB as a detail: what lowers the payment is negative."""
    codings: list[JsonValue] = [
        coding(system.PAYMENT_TYPE, "adjustment"),
        coding(system.PROVIDER_ADJUSTMENT, one.reason),
    ]
    tree: JsonObject = {}
    for row in table.PROVIDER:
        value = PAIRS[row.using].read(one.head.element(int(row.element[3:])))
        if value is not None:
            put(tree, row.path, value)
    return {
        **tree,
        **({"identifier": {"value": one.reference}} if one.reference else {}),
        "type": {"coding": codings},
        **({"date": remittance.paid_on} if remittance.paid_on else {}),
        "amount": money(-one.amount),
    }
