"""PV1 and PV2 to Encounter. What the event says of the status goes before what they say."""

from mappers.rule import Empty, Rule, Table, Valued
from mappers.v2_fhir.extension import STRUCTURES

R5 = "http://hl7.org/fhir/5.0/StructureDefinition"

ENCOUNTER = Table(
    source="PV1 PV2",
    target="Encounter",
    rules=(
        Rule("PV1-19", "identifier[]", using="cx-visit"),
        Rule("PV1-50", "identifier[]", using="cx-visit"),
        Rule("PV1-5", "identifier[]", using="cx-visit", note="preadmission"),
        Rule("PV1-2", "class", using="class", codes="v2-0004"),
        Rule("PV1-4", "type[]", using="cwe", codes="v2-0007"),
        Rule("PV1-10", "serviceType", using="cwe", codes="v2-0069"),
        Rule("PV1-44", "period.start", using="dateTime"),
        Rule("PV1-45", "period.end", using="dateTime"),
        Rule("PV2-3", "reasonCode[]", using="cwe"),
        Rule("PV2-25", "priority", using="cwe", codes="v2-0217"),
        Rule("PV2-11", "length", using="days"),
        Rule("PV2-12", "text", using="narrative"),
        Rule("PV1-5", "hospitalization.preAdmissionIdentifier", using="cx-visit"),
        Rule("PV1-14", "hospitalization.admitSource", using="cwe", codes="v2-0023"),
        Rule("PV1-13", "hospitalization.reAdmission", using="cwe", codes="v2-0092"),
        Rule("PV1-15", "hospitalization.specialArrangement[]", using="cwe", codes="v2-0009"),
        Rule("PV1-16", "hospitalization.specialCourtesy[]", using="cwe", codes="v2-0099"),
        Rule("PV1-36", "hospitalization.dischargeDisposition", using="cwe", codes="v2-0112"),
        Rule("PV1-37", "hospitalization.destination", using="discharge-location"),
        Rule("PV1-38", "hospitalization.dietPreference[]", using="cwe", codes="v2-0114"),
        Rule("PV1-3", "location[]", using="visit-place", constant="active"),
        Rule("PV1-6", "location[]", using="visit-place", constant="completed"),
        Rule("PV1-11", "location[]", using="temporary-place", constant="active"),
        Rule("PV1-43", "location[]", using="temporary-place", constant="completed"),
        Rule("PV1-42", "location[]", using="visit-place", constant="reserved"),
        Rule("PV2-1", "location[]", using="visit-place", constant="planned"),
        Rule("PV1-7", "participant[]", using="participant", constant="ATND"),
        Rule("PV1-8", "participant[]", using="participant", constant="REF"),
        Rule("PV1-9", "participant[]", using="participant", constant="CON"),
        Rule("PV1-17", "participant[]", using="participant", constant="ADM"),
        Rule("PV1-52", "participant[]", using="participant", constant="PART"),
        Rule("PV2-13", "participant[]", using="participant", constant="REF"),
        Rule("PV1-54", "episodeOfCare[]", using="episode"),
        Rule(
            "PV1-53",
            "episodeOfCare[0].display",
            using="text",
            when=Valued("PV1-54"),
            note="the episode is named by its number",
        ),
        Rule(
            "PV2-8",
            f"extension[url={R5}/extension-Encounter.plannedStartDate].valueDateTime",
            using="dateTime",
        ),
        Rule(
            "PV2-9",
            f"extension[url={R5}/extension-Encounter.plannedEndDate].valueDateTime",
            using="dateTime",
        ),
        Rule(
            "PV2-38",
            f"extension[url={STRUCTURES}/encounter-modeOfArrival].valueCoding",
            using="coding",
            codes="v2-0430",
        ),
    ),
    structural=("PV1-1",),
    note=(
        "Practitioners and locations are logical references: identifier and name. The location of "
        "PV1-3 is where the patient is, or will be, as the event says."
    ),
)

STATUS = Table(
    source="PV1",
    target="Encounter",
    rules=(
        Rule("PV1-45", "status", using="fixed", constant="finished"),
        Rule("PV1-2", "status", using="known-code", codes="v2-0004-status", when=Empty("PV1-45")),
    ),
    note="What the status is where no event has said it.",
)

EVENT_STATUS_RULES = Table(
    source="MSH",
    target="Encounter",
    rules=(Rule("MSH-9", "status", using="trigger-code", codes="v2-0003-encounter"),),
    note="The event gives the status; a feed may say what A04 makes of it.",
)
