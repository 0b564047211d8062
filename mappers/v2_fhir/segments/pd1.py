"""PD1 to Patient and to what the patient decided of the end of life; PV1-16 to Patient."""

from mappers.rule import Rule, Table
from mappers.v2_fhir.extension import STRUCTURES

DEMOGRAPHICS = Table(
    source="PD1",
    target="Patient",
    rules=(
        Rule("PD1-4", "generalPractitioner[]", using="xcn"),
        Rule("PD1-3", "generalPractitioner[]", using="xon"),
        Rule(
            "PD1-6",
            f"extension[url={STRUCTURES}/patient-disability].valueCodeableConcept",
            using="cwe",
        ),
        Rule(
            "PD1-14",
            f"extension[url={STRUCTURES}/patient-congregation].valueString",
            using="organization-name",
        ),
    ),
)

IMPORTANCE = Table(
    source="PV1",
    target="Patient",
    rules=(
        Rule(
            "PV1-16",
            f"extension[url={STRUCTURES}/patient-importance].valueCodeableConcept",
            using="cwe",
            codes="v2-0099",
        ),
    ),
    note="How courteous one is to the person; what it protects is a matter of the feed's labels.",
)

LIVING_WILL = Table(
    source="PD1",
    target="Observation",
    rules=(
        Rule("", "status", constant="final"),
        Rule("", "code.coding[0].system", constant="http://loinc.org"),
        Rule("", "code.coding[0].code", constant="75320-2"),
        Rule("PD1-7", "valueCodeableConcept", using="cwe", codes="v2-0315"),
    ),
)
