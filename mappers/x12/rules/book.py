"""All rules beyond syntax and guide, and the running sums they need."""

from mappers.x12.rules import (
    balance,
    balance_claim,
    behavioral_modifier,
    behavioral_program,
    behavioral_provider,
    behavioral_service,
    code_claim,
    code_provider,
    coverage,
    eligibility_answer,
    eligibility_request,
    listed,
    remittance,
    review,
    situation_claim,
    situation_line,
    situation_stay,
    status_code,
    status_count,
)
from mappers.x12.rules.rule import Rule
from mappers.x12.rules.sums import Sum

RULES: tuple[Rule, ...] = (
    *balance_claim.RULES,
    *balance.RULES,
    *coverage.RULES,
    *situation_claim.RULES,
    *situation_line.RULES,
    *situation_stay.RULES,
    *remittance.RULES,
    *eligibility_request.RULES,
    *eligibility_answer.RULES,
    *status_code.RULES,
    *status_count.RULES,
    *review.RULES,
    *code_provider.RULES,
    *code_claim.RULES,
    *listed.RULES,
    *behavioral_service.RULES,
    *behavioral_modifier.RULES,
    *behavioral_provider.RULES,
    *behavioral_program.RULES,
)
SUMS: tuple[Sum, ...] = (*balance.SUMS, *situation_claim.SUMS, *status_count.SUMS)
