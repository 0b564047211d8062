"""OBR to DiagnosticReport, and what it tells of the specimen where there is no SPM."""

from mappers.rule import AllOf, Empty, Is, Not, Rule, Table, Valued

DIAGNOSTIC_REPORT = Table(
    source="ORC OBR",
    target="DiagnosticReport",
    rules=(
        Rule("OBR-3", "identifier[]", using="ei-filler"),
        Rule("ORC-3", "identifier[]", using="ei-filler"),
        Rule("OBR-2", "identifier[]", using="ei-placer"),
        Rule("ORC-2", "identifier[]", using="ei-placer"),
        Rule("OBR-25", "status", using="code", codes="v2-0123"),
        Rule(
            "OBR-25",
            "_status.extension[]",
            using="report-status",
            when=Not(Is("OBR-25", ("F", "P", "C", "X"))),
            note="the code as sent, where the status says less",
        ),
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
        Rule("OBR-34", "performer[]", using="technician"),
        Rule("OBR-35", "performer[]", using="transcriptionist"),
        Rule("ORC-28", "meta.security[]", using="security-label"),
    ),
    structural=("OBR-1",),
)

SOURCE_SPECIMEN = Table(
    source="OBR",
    target="Specimen",
    rules=(
        Rule("OBR-15", "type", using="specimen-source"),
        Rule("OBR-14", "receivedTime", using="dateTime"),
        Rule("OBR-10", "collection.collector", using="xcn"),
        Rule("OBR-7", "collection.collectedDateTime", using="dateTime", when=Empty("OBR-8")),
        Rule(
            "OBR-7",
            "collection.collectedPeriod.start",
            using="dateTime",
            when=AllOf((Valued("OBR-7"), Valued("OBR-8"))),
        ),
        Rule("OBR-8", "collection.collectedPeriod.end", using="dateTime", when=Valued("OBR-8")),
        Rule("OBR-9", "collection.quantity", using="quantity"),
        Rule("OBR-39", "note[].text", using="concept-text"),
    ),
    note="The specimen of a sender that has no SPM (before 2.5). Made where OBR-15 is valued.",
)
