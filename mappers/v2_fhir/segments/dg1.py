"""DG1 to Condition, and to the diagnosis of the Encounter that refers to it."""

from mappers.rule import Is, Not, Rule, Table
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.extension import STRUCTURES

DELETED = Is("DG1-21", ("D",))

CONDITION = Table(
    source="DG1",
    target="Condition",
    rules=(
        Rule("DG1-20", "identifier[]", using="ei-item"),
        Rule("DG1-3", "code", using="cwe", required=True),
        Rule("DG1-4", "code.text", using="text"),
        Rule("DG1-5", "onsetDateTime", using="dateTime"),
        Rule("DG1-16", "asserter", using="xcn"),
        Rule("DG1-19", "recordedDate", using="dateTime"),
        Rule(
            "DG1-19",
            f"extension[url={STRUCTURES}/condition-assertedDate].valueDateTime",
            using="dateTime",
        ),
        Rule(
            "DG1-22",
            f"extension[url={STRUCTURES}/condition-dueTo].valueReference",
            using="ei-condition",
        ),
        Rule(
            "DG1-21",
            "verificationStatus.coding[0].code",
            using="fixed",
            constant="entered-in-error",
            when=DELETED,
        ),
        Rule("", "verificationStatus.coding[0].code", constant="confirmed", when=Not(DELETED)),
        Rule(
            "",
            "verificationStatus.coding[0].system",
            constant=f"{TERMINOLOGY}/condition-ver-status",
        ),
        Rule("", "clinicalStatus.coding[0].code", constant="active", when=Not(DELETED)),
        Rule(
            "",
            "clinicalStatus.coding[0].system",
            constant=f"{TERMINOLOGY}/condition-clinical",
            when=Not(DELETED),
        ),
        Rule("", "category[0].coding[0].code", constant="encounter-diagnosis"),
        Rule("", "category[0].coding[0].system", constant=f"{TERMINOLOGY}/condition-category"),
    ),
    structural=("DG1-1", "DG1-2", "DG1-21"),
    note="One named again under its DG1-20, else its code, is the same Condition.",
)

DIAGNOSIS = Table(
    source="DG1",
    target="Encounter.diagnosis",
    rules=(
        Rule("DG1-6", "use", using="cwe", codes="v2-0052"),
        Rule("DG1-15", "rank", using="integer"),
    ),
    note="`condition` refers to the Condition of the same segment.",
)
