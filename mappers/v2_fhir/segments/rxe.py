"""RXO, RXE, RXR and TQ1 to MedicationRequest."""

from mappers.rule import AllOf, Empty, Rule, Table, Valued

DOSE = "dosageInstruction[0].doseAndRate[0]"
TIMING = "dosageInstruction[0].timing"

MEDICATION_REQUEST = Table(
    source="ORC RXO RXE RXR TQ1",
    target="MedicationRequest",
    rules=(
        Rule("ORC-2", "identifier[]", using="ei-placer"),
        Rule("ORC-3", "identifier[]", using="ei-filler"),
        Rule("RXE-15", "identifier[]", using="prescription-number"),
        Rule("ORC-4", "groupIdentifier", using="group-identifier"),
        Rule("ORC-5", "status", using="code", codes="v2-0038-medication"),
        Rule(
            "ORC-1",
            "status",
            using="order-status",
            codes="v2-0119-medication",
            when=Empty("ORC-5"),
        ),
        Rule("ORC-16", "statusReason", using="cwe"),
        Rule("ORC-1", "extension[]", using="order-control"),
        Rule("", "intent", constant="order"),
        Rule("TQ1-9", "priority", using="code", codes="v2-0485-request"),
        Rule("RXE-2", "medicationCodeableConcept", using="cwe"),
        Rule("RXO-1", "medicationCodeableConcept", using="cwe"),
        Rule("RXE-32", "authoredOn", using="dateTime"),
        Rule("ORC-9", "authoredOn", using="dateTime"),
        Rule("RXE-13", "requester", using="xcn"),
        Rule("ORC-12", "requester", using="xcn"),
        Rule("RXO-14", "requester", using="xcn"),
        Rule("RXE-27", "reasonCode[]", using="cwe"),
        Rule("RXO-20", "reasonCode[]", using="cwe"),
        Rule("RXE-21", "note[].text", using="concept-text"),
        Rule("TQ1-11", "dosageInstruction[0].text", using="text"),
        Rule("RXE-7", "dosageInstruction[0].patientInstruction", using="concept-text"),
        Rule("RXO-7", "dosageInstruction[0].patientInstruction", using="concept-text"),
        Rule("RXO-6", "dosageInstruction[0].additionalInstruction[]", using="cwe"),
        Rule("RXR-5", "dosageInstruction[0].additionalInstruction[]", using="cwe"),
        Rule("TQ1-10", "dosageInstruction[0].asNeededCodeableConcept.text", using="text"),
        Rule("TQ1-13", f"{TIMING}.repeat", using="duration"),
        Rule("TQ1-3*", f"{TIMING}.code", using="repeat-pattern"),
        Rule("TQ1-4", f"{TIMING}.repeat.timeOfDay[]", using="time"),
        Rule("TQ1-7", f"{TIMING}.repeat.boundsPeriod.start", using="dateTime"),
        Rule("TQ1-8", f"{TIMING}.repeat.boundsPeriod.end", using="dateTime"),
        Rule("TQ1-14", f"{TIMING}.repeat.countMax", using="integer"),
        Rule("RXR-2", "dosageInstruction[0].site", using="cwe"),
        Rule("RXR-1", "dosageInstruction[0].route", using="cwe"),
        Rule("RXR-4", "dosageInstruction[0].method", using="cwe"),
        *(
            rule
            for segment, low, high, unit in (("RXE", 3, 4, 5), ("RXO", 2, 3, 4))
            for rule in (
                Rule(
                    f"{segment}-{unit}",
                    f"{DOSE}.doseQuantity",
                    using="dose-unit",
                    when=AllOf((Valued(f"{segment}-{low}"), Empty(f"{segment}-{high}"))),
                ),
                Rule(
                    f"{segment}-{low}",
                    f"{DOSE}.doseQuantity.value",
                    using="plain-quantity",
                    when=AllOf((Valued(f"{segment}-{low}"), Empty(f"{segment}-{high}"))),
                ),
                Rule(
                    f"{segment}-{unit}",
                    f"{DOSE}.doseRange.low",
                    using="dose-unit",
                    when=Valued(f"{segment}-{high}"),
                ),
                Rule(
                    f"{segment}-{low}",
                    f"{DOSE}.doseRange.low.value",
                    using="plain-quantity",
                    when=Valued(f"{segment}-{high}"),
                ),
                Rule(
                    f"{segment}-{unit}",
                    f"{DOSE}.doseRange.high",
                    using="dose-unit",
                    when=Valued(f"{segment}-{high}"),
                ),
                Rule(f"{segment}-{high}", f"{DOSE}.doseRange.high.value", using="plain-quantity"),
            )
        ),
        Rule("RXE-24", f"{DOSE}.rateQuantity", using="dose-unit", when=Valued("RXE-23")),
        Rule("RXE-23", f"{DOSE}.rateQuantity.value", using="plain-quantity"),
        Rule("RXE-11", "dispenseRequest.quantity", using="dose-unit", when=Valued("RXE-10")),
        Rule("RXE-10", "dispenseRequest.quantity.value", using="plain-quantity"),
        Rule("RXO-12", "dispenseRequest.quantity", using="dose-unit", when=Valued("RXO-11")),
        Rule("RXO-11", "dispenseRequest.quantity.value", using="plain-quantity"),
        Rule("RXE-12", "dispenseRequest.numberOfRepeatsAllowed", using="count"),
        Rule("RXO-13", "dispenseRequest.numberOfRepeatsAllowed", using="count"),
        Rule("RXO-9", "substitution.allowedCodeableConcept", using="substitution"),
        Rule("RXE-9", "substitution.allowedCodeableConcept", using="substitution"),
    ),
    structural=("TQ1-1", "ORC-1"),
    note="What the pharmacy encoded (RXE) goes before what was requested (RXO).",
)

COMPONENT = Table(
    source="RXC",
    target="Medication.ingredient",
    rules=(
        Rule("RXC-2", "itemCodeableConcept", using="cwe", required=True),
        Rule("RXC-1", "isActive", using="component-kind"),
        Rule("RXC-4", "strength.numerator", using="dose-unit", when=Valued("RXC-3")),
        Rule("RXC-3", "strength.numerator.value", using="plain-quantity"),
    ),
    note="Components make a contained Medication of what is compounded.",
)
