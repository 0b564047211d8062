"""AL1 and IAM to AllergyIntolerance."""

from mappers.rule import AllOf, Is, Not, Rule, Table, Valued, When
from mappers.v2_fhir.codes import TERMINOLOGY

IAM_DELETED = Is("IAM-6", ("D",))


def _rules(segment: str, active: When | None) -> tuple[Rule, ...]:
    """Return the rules AL1 and IAM share: fields 2 to 5 mean the same in both."""
    told = Valued(f"{segment}-5")
    return (
        Rule("", "clinicalStatus.coding[0].code", constant="active", when=active),
        Rule(
            "",
            "clinicalStatus.coding[0].system",
            constant=f"{TERMINOLOGY}/allergyintolerance-clinical",
            when=active,
        ),
        Rule(f"{segment}-2", "category[]", using="code", codes="v2-0127-category"),
        Rule(f"{segment}-2", "type", using="code", codes="v2-0127-type"),
        Rule(f"{segment}-3", "code", using="cwe", required=True),
        Rule(f"{segment}-4", "criticality", using="known-code", codes="v2-0128"),
        Rule(
            f"{segment}-4",
            "_criticality.extension[]",
            using="alternate-code",
            codes="v2-0128-original",
        ),
        Rule(
            f"{segment}-4",
            "reaction[0].severity",
            using="known-code",
            codes="v2-0128-severity",
            when=AllOf((Valued(f"{segment}-4"), told)),
        ),
    )


ALLERGY = Table(
    source="AL1",
    target="AllergyIntolerance",
    rules=(
        *_rules("AL1", None),
        Rule("AL1-5", "reaction[0].manifestation[].text", using="text"),
        Rule("AL1-6", "onsetDateTime", using="dateTime"),
    ),
    structural=("AL1-1",),
    note="A severity needs a reaction: without AL1-5 it is the criticality alone.",
)

ADVERSE_REACTION = Table(
    source="IAM",
    target="AllergyIntolerance",
    rules=(
        Rule("IAM-7", "identifier[]", using="ei-item"),
        *_rules("IAM", AllOf((Not(IAM_DELETED), Not(Valued("IAM-17"))))),
        Rule("IAM-5", "reaction[0].manifestation[].text", using="concept-text"),
        Rule("IAM-11", "onsetDateTime", using="dateTime"),
        Rule("IAM-12", "onsetString", using="text", when=Not(Valued("IAM-11"))),
        Rule("IAM-13", "recordedDate", using="dateTime"),
        Rule("IAM-14", "recorder", using="person"),
        Rule(
            "IAM-17",
            "clinicalStatus",
            using="mapped-concept",
            codes="v2-0438",
            when=Not(IAM_DELETED),
        ),
        Rule(
            "IAM-6",
            "verificationStatus.coding[0].code",
            using="fixed",
            constant="entered-in-error",
            when=IAM_DELETED,
        ),
        Rule(
            "IAM-6",
            "verificationStatus.coding[0].system",
            using="fixed",
            constant=f"{TERMINOLOGY}/allergyintolerance-verification",
            when=IAM_DELETED,
        ),
        Rule("IAM-27", "code", using="cwe"),
    ),
    structural=("IAM-1", "IAM-6"),
)
