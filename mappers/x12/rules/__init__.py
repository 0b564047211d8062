"""Judgement beyond syntax and guide: rules as rows, run over the loops of a set."""

from collections.abc import Iterator
from datetime import date

from mappers.x12.diagnosis import is_date
from mappers.x12.envelope import TransactionSet
from mappers.x12.findings import Finding
from mappers.x12.rules import balance, code_set, situation
from mappers.x12.rules.rule import Rule

RULES: tuple[Rule, ...] = (*balance.RULES, *situation.RULES, *code_set.RULES)
_DATED = (("BHT", 4), ("BPR", 16), ("DTM", 2))


def judge(one: TransactionSet) -> Iterator[Finding]:
    """Yield what the rules of its day find in a set; nothing where no guide placed its loops."""
    if not one.guide:
        return
    by_loop = _in_force(one)
    everywhere = by_loop.get("", [])
    for node in one.root.walk():
        for rule in (*everywhere, *by_loop.get(node.id, ())):
            yield from rule.findings(node)


def day_of(one: TransactionSet) -> date | None:
    """Return the day a set was made (BHT04, BPR16, DTM02); None where it does not tell."""
    for name, position in _DATED:
        segment = one.root.first(name)
        text = segment.element(position) if segment else ""
        if is_date(text):
            return date.fromisoformat(text)
    return None


def _in_force(one: TransactionSet) -> dict[str, list[Rule]]:
    """Return the rules that hold for a set on its day, by loop."""
    day = day_of(one)
    by_loop: dict[str, list[Rule]] = {}
    for rule in RULES:
        if one.header.id in rule.sets and (day is None or rule.since <= day):
            by_loop.setdefault(rule.loop, []).append(rule)
    return by_loop
