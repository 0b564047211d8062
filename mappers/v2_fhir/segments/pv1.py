"""PV1 and PV2 to Encounter. The status comes from the event, not from these segments."""

from mappers.rule import Rule, Table

ENCOUNTER = Table(
    source="PV1",
    target="Encounter",
    rules=(
        Rule("PV1-19", "identifier[]", using="cx-visit"),
        Rule("PV1-50", "identifier[]", using="cx-visit"),
        Rule("PV1-5", "identifier[]", using="cx-visit", note="preadmission"),
        Rule("PV1-2", "class", using="class", codes="v2-0004"),
        Rule("PV1-4", "type[]", using="cwe"),
        Rule("PV1-10", "serviceType", using="cwe"),
        Rule("PV1-44", "period.start", using="dateTime"),
        Rule("PV1-45", "period.end", using="dateTime"),
        Rule("PV2-3", "reasonCode[]", using="cwe"),
        Rule("PV1-5", "hospitalization.preAdmissionIdentifier", using="cx-visit"),
        Rule("PV1-14", "hospitalization.admitSource", using="cwe"),
        Rule("PV1-13", "hospitalization.reAdmission", using="cwe"),
        Rule("PV1-15", "hospitalization.specialArrangement[]", using="cwe"),
        Rule("PV1-16", "hospitalization.specialCourtesy[]", using="cwe"),
        Rule("PV1-36", "hospitalization.dischargeDisposition", using="cwe"),
        Rule("PV1-3", "location[]", using="location"),
    ),
    structural=("PV1-1",),
    note="Practitioners and locations are logical references: identifier and name.",
)

PARTICIPANTS = (
    ("PV1-7", "ATND"),
    ("PV1-8", "REF"),
    ("PV1-9", "CON"),
    ("PV1-17", "ADM"),
)

PARTICIPANT_TABLES = tuple(
    Table(
        source="PV1",
        target=f"Encounter.participant {code}",
        rules=(Rule(path, "individual[]", using="xcn"),),
    )
    for path, code in PARTICIPANTS
)
