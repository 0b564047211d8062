"""Providers and holders as their rows read them: taxonomy, numbers at a payer, member ids."""

from mappers.fhir_x12.locate import getter, kind_of
from mappers.fhir_x12.party_table import TAXONOMY_PATHS
from mappers.fhir_x12.system import HEALTH_PLAN_ID, PAYER_ID, TAXONOMY
from mappers.path import JsonObject, JsonValue

_TAXONOMY = tuple(getter(path) for path in TAXONOMY_PATHS)
_QUALIFICATION = getter(f"qualification.coding[system={TAXONOMY}].code")
_PAYER = tuple(getter(f"identifier[system={one}].value") for one in (PAYER_ID, HEALTH_PLAN_ID))
_ASSIGNER = getter("assigner.identifier.value")
AT_PAYER = ("G2", "LU")


def taxonomy_of(provider: JsonObject) -> JsonValue:
    """Return the taxonomy code of a provider: its role's, its type, its qualification."""
    return next((code for get in _TAXONOMY if (code := get(provider)) is not None), None)


def member(entry: JsonObject, provider: JsonObject) -> JsonObject:
    """Return a member of the care team: the provider with the taxonomy it acts by."""
    code = _QUALIFICATION(entry) or taxonomy_of(provider)
    return {**provider, "taxonomy": code} if code is not None else provider


def payer_number(payer: JsonObject) -> str:
    """Return the number by which a payer is named, empty where it has none."""
    found = next((one for get in _PAYER if (one := get(payer)) is not None), "")
    return found if isinstance(found, str) else ""


def at_payer(provider: JsonObject, payer: JsonObject) -> JsonObject:
    """Return the numbers the payer knows the billing provider by."""
    found = provider.get("identifier")
    number = payer_number(payer)
    kept = [
        one
        for one in (found if isinstance(found, list) else [])
        if kind_of(one) in AT_PAYER and _ASSIGNER(one) in {None, number}
    ]
    return {"identifier": kept} if kept else {}


def holder(subscriber: JsonObject, coverage: JsonObject) -> JsonObject:
    """Return the subscriber with the member id of the coverage."""
    if "subscriberId" not in coverage:
        return subscriber
    return {**subscriber, "memberId": coverage["subscriberId"]}
