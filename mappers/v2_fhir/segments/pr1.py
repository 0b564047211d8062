"""PR1 to Procedure."""

from mappers.rule import Is, Not, Rule, Table, Valued

DELETED = Is("PR1-20", ("D",))

PROCEDURE = Table(
    source="PR1",
    target="Procedure",
    rules=(
        Rule("PR1-19", "identifier[]", using="ei-item"),
        Rule("PR1-20", "status", using="fixed", constant="entered-in-error", when=DELETED),
        Rule("", "status", constant="completed", when=Not(DELETED)),
        Rule("PR1-3", "code", using="cwe", required=True),
        Rule("PR1-16", "code.coding[]", using="modifier", note="modifiers stand beside the code"),
        Rule("PR1-4", "code.text", using="text"),
        Rule("PR1-5", "performedDateTime", using="dateTime", when=Not(Valued("PR1-7"))),
        Rule("PR1-5", "performedPeriod.start", using="dateTime", when=Valued("PR1-7")),
        Rule("PR1-6", "category", using="cwe", codes="v2-0230"),
        Rule("PR1-8", "performer[]", using="performer", constant="88189002"),
        Rule("PR1-11", "performer[]", using="performer", constant="304292004"),
        Rule("PR1-12", "performer[]", using="performer"),
        Rule("PR1-15", "reasonCode[]", using="cwe"),
        Rule("PR1-23", "location", using="location-reference"),
        Rule("PR1-25", "partOf[]", using="ei-procedure"),
    ),
    structural=("PR1-1", "PR1-2", "PR1-20"),
    note="PR1-7, the minutes it took, gives the end where PR1-5 tells the minute.",
)
