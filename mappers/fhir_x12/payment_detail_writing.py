"""Provider adjustments, PLB, out of the details of a PaymentReconciliation."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from mappers.fhir_x12 import payment_table as table
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import amount_at, said
from mappers.fhir_x12.pair import PAIRS
from mappers.path import JsonObject, read
from mappers.x12.tree import Seg, Value, seg

PAIRS_OF_A_SEGMENT = 6


def provider_segments(details: Sequence[JsonObject]) -> Iterator[Seg]:
    """Yield the PLB segments: up to six pairs of one provider and fiscal period each."""

    def owner(detail: JsonObject) -> tuple[str | None, ...]:
        found = (next(iter(read(detail, row.path)), None) for row in table.PROVIDER)
        return tuple(
            PAIRS[row.using].write(one) for row, one in zip(table.PROVIDER, found, strict=True)
        )

    for (provider, period), run in groupby(details, key=owner):
        pairs = [_pair(one) for one in run]
        for start in range(0, len(pairs), PAIRS_OF_A_SEGMENT):
            values = (value for one in pairs[start : start + PAIRS_OF_A_SEGMENT] for value in one)
            yield seg("PLB", provider, period, *values)


def _pair(detail: JsonObject) -> tuple[Value, Decimal]:
    path = f"type.coding[system={system.PROVIDER_ADJUSTMENT}].code"
    reference = said(detail, "identifier.value")
    code = said(detail, path)
    return ((code, reference) if reference else code), -amount_at(detail, "amount.value")


def is_adjustment(detail: JsonObject) -> bool:
    """Tell whether a detail is one of a provider, not of a claim."""
    return system.PROVIDER_ADJUSTMENT in read(detail, "type.coding.system")
