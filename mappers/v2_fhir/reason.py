"""DG1 under an order: why it was ordered."""

from collections.abc import Sequence

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.bundle import Entry
from mappers.v2_fhir.identity import chosen_key, code_key, stable_id
from mappers.v2_fhir.order import Noted
from mappers.v2_fhir.segments.dg1 import CONDITION
from mappers.v2_fhir.work import Work

ORDER_ONLY = ("DG1-6", "DG1-15")
"""Type and priority of a diagnosis: of a visit's; under an order their sequence says the same."""


def add_reasons(
    work: Work, diagnoses: Sequence[Noted], shared: JsonObject, scope: tuple[str, ...]
) -> list[JsonValue]:
    """Add a Condition for each DG1 of an order; return the references in their sequence."""
    urls: list[JsonValue] = []
    for noted in diagnoses:
        source = work.source(noted.segment)
        condition: JsonObject = {"resourceType": "Condition"}
        work.run(CONDITION, source, condition)
        if "code" not in condition:
            continue
        source.account(ORDER_ONLY)
        condition |= {name: shared[name] for name in ("subject", "encounter") if name in shared}
        number = chosen_key(condition)
        key = number or (code_key(condition),)
        id = stable_id(work.feed.name, "Condition", "order", *scope, *key)
        condition["id"] = id
        work.add(Entry(condition, f"urn:uuid:{id}", f"Condition/{id}", "replace"))
        urls.append({"reference": f"Condition/{id}"})
    return list({str(one): one for one in urls}.values())
