"""ORC and OBR to ServiceRequest and DiagnosticReport: the order and its report."""

from mappers.rule import AllOf, Empty, Rule, Table, Valued

SERVICE_REQUEST = Table(
    source="ORC OBR",
    target="ServiceRequest",
    rules=(
        Rule("ORC-2", "identifier[]", using="ei-placer"),
        Rule("OBR-2", "identifier[]", using="ei-placer"),
        Rule("ORC-3", "identifier[]", using="ei-filler"),
        Rule("OBR-3", "identifier[]", using="ei-filler"),
        Rule("ORC-4", "requisition", using="ei-group"),
        Rule("ORC-5", "status", using="code", codes="v2-0038"),
        Rule("", "status", constant="unknown", when=Empty("ORC-5")),
        Rule("", "intent", constant="order"),
        Rule("OBR-4", "code", using="cwe"),
        Rule("ORC-9", "authoredOn", using="dateTime"),
        Rule("ORC-12", "requester", using="xcn"),
        Rule("OBR-16", "requester", using="xcn"),
        Rule("OBR-31", "reasonCode[]", using="cwe"),
    ),
    structural=("ORC-1", "OBR-1"),
    note="Made only where no order with the placer or filler number is known.",
)

DIAGNOSTIC_REPORT = Table(
    source="ORC OBR",
    target="DiagnosticReport",
    rules=(
        Rule("OBR-3", "identifier[]", using="ei-filler"),
        Rule("ORC-3", "identifier[]", using="ei-filler"),
        Rule("OBR-2", "identifier[]", using="ei-placer"),
        Rule("ORC-2", "identifier[]", using="ei-placer"),
        Rule("OBR-25", "status", using="code", codes="v2-0123"),
        Rule("OBR-24", "category[]", using="section", codes="v2-0074"),
        Rule("OBR-4", "code", using="cwe", required=True),
        Rule("OBR-7", "effectiveDateTime", using="dateTime", when=Empty("OBR-8")),
        Rule(
            "OBR-7",
            "effectivePeriod.start",
            using="dateTime",
            when=AllOf((Valued("OBR-7"), Valued("OBR-8"))),
        ),
        Rule("OBR-8", "effectivePeriod.end", using="dateTime", when=Valued("OBR-8")),
        Rule("OBR-22", "issued", using="instant"),
        Rule("OBR-32", "resultsInterpreter[]", using="ndl"),
    ),
    structural=("OBR-1",),
)
