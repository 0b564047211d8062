"""The rules X12 is judged by, as rows of the page `x12-rules.md`."""

from collections.abc import Iterator

from mappers.x12 import diagnosis, envelope_rule
from mappers.x12.codes.catalog import LISTINGS
from mappers.x12.diagnosis import Defect
from mappers.x12.envelope_rule import EnvelopeRule
from mappers.x12.rules.book import RULES
from mappers.x12.rules.rule import Rule

LEVELS = {
    3: "SNIP 3: balances",
    4: "SNIP 4: situations",
    5: "SNIP 5: code sets",
    6: "SNIP 6: behavioral health",
}
HEADER = ("rule", "grade", "of", "where", "what it finds", "remedy", "told by", "FHIR element")
LIST_HEADER = ("list", "holds", "form of a code", "whose it is")
SYNTAX_HEADER = ("finding", "grade", "what it finds", "remedy", "told by")


def rule_rows(level: int) -> Iterator[tuple[str, ...]]:
    """Yield the rules of one level; a rule at several places stands once for each."""
    for rule in RULES:
        if rule.level == level:
            yield _row(rule)


def _row(rule: Rule) -> tuple[str, ...]:
    where = " ".join(filter(None, (rule.loop, rule.segment))) or "any"
    days = f"; from {rule.since}" if rule.since.year > 2000 else ""
    days += f" to {rule.until}" if rule.until else ""
    told = f"{rule.report} {rule.code}, " if rule.report else ""
    return (
        f"`{rule.id}`",
        rule.severity,
        ", ".join(rule.kinds),
        where,
        f"{rule.message}{days}",
        rule.remedy,
        f"{told}STC {rule.status}",
        f"`{rule.path}`" if rule.path else "by its place",
    )


def syntax_rows() -> Iterator[tuple[str, ...]]:
    """Yield what is found by envelope, element and place (SNIP 1 and 2)."""
    envelopes = [one for one in vars(envelope_rule).values() if isinstance(one, EnvelopeRule)]
    for one in envelopes:
        told = f"{one.report} {one.code}".strip() or "text alone"
        yield f"`{one.id}`", one.severity, one.message, one.remedy, told
    for defect in (one for one in vars(diagnosis).values() if isinstance(one, Defect)):
        told = f"IK4 {defect.code}"
        yield f"`{defect.id}`", defect.severity, f"... {defect.message}", defect.remedy, told


def list_rows() -> Iterator[tuple[str, ...]]:
    """Yield the code lists a site may load."""
    for one in LISTINGS:
        yield f"`{one.name}`", one.title, f"`{one.form}`", one.owner
