"""What is left of a claim's payments: each remittance as it came, all of them added up.

A reversal takes back what an earlier remittance gave, with opposite signs, so what was reversed
adds up to nothing and only what stands is left. Exact, and nothing is overwritten.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mappers.fhir_x12.datatype import amount_at, objects, said
from mappers.path import JsonObject, read

Key = tuple[str, str]
"""Category and reason of an adjudication: (`benefit`, ``), (`CO`, `45`)."""
ALLOWED: Key = ("eligible", "")


@dataclass(frozen=True, slots=True)
class Net:
    """What stands of a claim: by line (0: of the claim) and key, and what was paid in all."""

    lines: dict[int, dict[Key, Decimal]]
    paid: Decimal
    last: JsonObject

    def total(self, key: Key) -> Decimal:
        """Return an amount of all lines and of the claim."""
        return sum((found.get(key, Decimal()) for found in self.lines.values()), Decimal())

    def told(self) -> list[Key]:
        """Return every key that has an amount, in the order they came."""
        return list(dict.fromkeys(key for found in self.lines.values() for key in found))


def net(responses: Sequence[JsonObject]) -> Net | None:
    """Return what stands of a claim's remittances, the oldest first; None without any."""
    paid = [one for one in responses if "payment" in one]
    if not paid:
        return None
    lines: dict[int, dict[Key, Decimal]] = {}
    for response in paid:
        for line, key, amount in _amounts(response):
            found = lines.setdefault(line, {})
            found[key] = found.get(key, Decimal()) + amount
    kept = {line: _standing(found) for line, found in lines.items()}
    total = sum((amount_at(one, "payment.amount.value") for one in paid), Decimal())
    return Net({line: found for line, found in kept.items() if found}, total, paid[-1])


def _standing(found: dict[Key, Decimal]) -> dict[Key, Decimal]:
    """Return what is left of a line, its allowed amount worked out.

    That amount (AMT*B6) is for information and need not come with a reversal: it cannot be added
    up. It is what is paid and what is left to the patient.
    """
    left = {key: amount for key, amount in found.items() if amount and key != ALLOWED}
    shares = sum((amount for key, amount in left.items() if key[0] == "PR"), Decimal())
    allowed = left.get(("benefit", ""), Decimal()) + shares
    return {**left, ALLOWED: allowed} if ALLOWED in found and allowed else left


def _amounts(response: JsonObject) -> Iterator[tuple[int, Key, Decimal]]:
    for one in objects(response, "adjudication"):
        yield 0, key_of(one), amount_at(one, "amount.value")
    for item in objects(response, "item"):
        sequence = next(iter(read(item, "itemSequence")), 0)
        yield from _of_line(sequence if isinstance(sequence, int) else 0, item)
    for item in objects(response, "addItem"):
        yield from _of_line(0, item)


def _of_line(line: int, item: JsonObject) -> Iterator[tuple[int, Key, Decimal]]:
    for one in objects(item, "adjudication"):
        yield line, key_of(one), amount_at(one, "amount.value")


def key_of(adjudication: JsonObject) -> Key:
    """Return category and reason of an adjudication."""
    return said(adjudication, "category.coding[0].code"), said(
        adjudication, "reason.coding[0].code"
    )


def is_adjustment(key: Key) -> bool:
    """Tell whether a key is one of CAS: a group with its reason."""
    return bool(key[1])
