"""Judgement beyond syntax and guide: rules as rows, run over the loops of a set."""

from collections.abc import Iterator

from mappers.x12.envelope import TransactionSet
from mappers.x12.findings import Finding
from mappers.x12.rules import balance, code_set, situation
from mappers.x12.rules.rule import Rule

RULES: tuple[Rule, ...] = (*balance.RULES, *situation.RULES, *code_set.RULES)


def judge(one: TransactionSet) -> Iterator[Finding]:
    """Yield what the rules find in a set; nothing where no guide placed its loops."""
    if not one.guide:
        return
    by_loop: dict[str, list[Rule]] = {}
    for rule in RULES:
        if one.header.id in rule.sets:
            by_loop.setdefault(rule.loop, []).append(rule)
    everywhere = by_loop.get("", [])
    for node in one.root.walk():
        for rule in (*everywhere, *by_loop.get(node.id, ())):
            yield from rule.findings(node)
