"""RXA and RXR to Immunization and to MedicationAdministration."""

from mappers.rule import AllOf, Empty, Is, Not, Rule, Table, Valued

DELETED = Is("RXA-21", ("D",))

IMMUNIZATION = Table(
    source="ORC RXA RXR",
    target="Immunization",
    rules=(
        Rule("ORC-3", "identifier[]", using="ei-filler"),
        Rule("ORC-2", "identifier[]", using="ei-placer"),
        Rule("", "status", constant="entered-in-error", when=DELETED),
        Rule("RXA-20", "status", using="code", codes="v2-0322", when=Not(DELETED)),
        Rule("", "status", constant="completed", when=AllOf((Empty("RXA-20"), Not(DELETED)))),
        Rule("RXA-18", "statusReason", using="cwe"),
        Rule("RXA-5", "vaccineCode", using="cwe", required=True),
        Rule("RXA-3", "occurrenceDateTime", using="dateTime"),
        Rule("RXA-22", "recorded", using="dateTime"),
        Rule("ORC-9", "recorded", using="dateTime"),
        Rule("RXA-9", "primarySource", using="primary-source"),
        Rule("RXA-9", "reportOrigin", using="report-origin"),
        Rule("RXA-27", "location", using="location-reference"),
        Rule("RXA-11", "location", using="location-reference"),
        Rule("RXA-17", "manufacturer", using="organization"),
        Rule("RXA-15", "lotNumber", using="text"),
        Rule("RXA-16", "expirationDate", using="date"),
        Rule("RXR-2", "site", using="cwe"),
        Rule("RXR-1", "route", using="cwe"),
        Rule("RXA-7", "doseQuantity", using="dose-unit"),
        Rule("RXA-6", "doseQuantity.value", using="dose", note="999 says that it is not known"),
        Rule("RXA-10", "performer[]", using="administering"),
        Rule("ORC-12", "performer[]", using="ordering"),
        Rule("RXA-19", "reasonCode[]", using="cwe"),
    ),
    structural=("ORC-1", "RXA-1", "RXA-2", "RXA-4", "RXA-21"),
    note="An update and an addition (RXA-21) are the same here: the dose at its id is put.",
)

ADMINISTRATION = Table(
    source="ORC RXA RXR",
    target="MedicationAdministration",
    rules=(
        Rule("", "status", constant="entered-in-error", when=DELETED),
        Rule("RXA-20", "status", using="code", codes="v2-0322", when=Not(DELETED)),
        Rule("", "status", constant="completed", when=AllOf((Empty("RXA-20"), Not(DELETED)))),
        Rule("RXA-18", "statusReason[]", using="cwe"),
        Rule("RXA-5", "medicationCodeableConcept", using="cwe", required=True),
        Rule("RXA-3", "effectiveDateTime", using="dateTime", when=Empty("RXA-4")),
        Rule(
            "RXA-3",
            "effectivePeriod.start",
            using="dateTime",
            when=AllOf((Valued("RXA-3"), Valued("RXA-4"))),
        ),
        Rule("RXA-4", "effectivePeriod.end", using="dateTime"),
        Rule("RXA-10", "performer[]", using="administering"),
        Rule("ORC-12", "performer[]", using="ordering"),
        Rule("RXA-19", "reasonCode[]", using="cwe"),
        Rule("RXR-2", "dosage.site", using="cwe"),
        Rule("RXR-1", "dosage.route", using="cwe"),
        Rule("RXR-4", "dosage.method", using="cwe"),
        Rule("RXA-7", "dosage.dose", using="dose-unit"),
        Rule("RXA-6", "dosage.dose.value", using="dose"),
        Rule("RXA-12", "dosage.text", using="text"),
        Rule("RXA-9", "note[].text", using="concept-text"),
    ),
    structural=("RXA-1", "RXA-2", "RXA-21"),
    note="Amounts are those given, not those ordered; `request` refers to the order.",
)
