"""Is everything here that was sent? Trailers and counts tell a part that was lost on the way."""

from mappers.x12 import envelope_rule as rule
from mappers.x12.envelope import Group, Interchange, TransactionSet
from mappers.x12.findings import Finding

_LOSSES = frozenset(
    one.id
    for one in (
        rule.TRUNCATED,
        rule.NO_IEA,
        rule.IEA_CONTROL,
        rule.IEA_COUNT,
        rule.NO_GE,
        rule.GE_CONTROL,
        rule.GE_COUNT,
        rule.NO_SE,
        rule.SE_CONTROL,
        rule.SE_COUNT,
    )
)


def loss(
    received: Interchange, group: Group | None = None, one: TransactionSet | None = None
) -> Finding | None:
    """Return the first sign that a part of the interchange, the group or the set is lacking.

    What a file says only in part must not be acted upon: the sender is told and sends it again.
    """
    told = (part.findings for part in (received, group, one) if part is not None)
    return next((found for some in told for found in some if found.id in _LOSSES), None)
