"""All rules beyond syntax and guide, and the running sums they need."""

from mappers.x12.rules import (
    balance,
    balance_claim,
    behavioral,
    code_set,
    coverage,
    inquiry,
    listed,
    remittance,
    situation,
)
from mappers.x12.rules.rule import Rule
from mappers.x12.rules.sums import Sum

RULES: tuple[Rule, ...] = (
    *balance_claim.RULES,
    *balance.RULES,
    *coverage.RULES,
    *situation.RULES,
    *remittance.RULES,
    *inquiry.RULES,
    *code_set.RULES,
    *listed.RULES,
    *behavioral.RULES,
)
SUMS: tuple[Sum, ...] = (*balance.SUMS, *situation.SUMS, *inquiry.SUMS)
