"""ROL and PRT: who plays which part for a patient, a visit or a procedure."""

from mappers.rule import Rule, Table

ROLE_TYPES = "v2-0443"

VISIT_ROLE = Table(
    source="ROL",
    target="Encounter.participant",
    rules=(
        Rule("ROL-3", "type[]", using="cwe", codes=ROLE_TYPES),
        Rule("ROL-5", "period.start", using="dateTime"),
        Rule("ROL-6", "period.end", using="dateTime"),
        Rule("ROL-4", "individual", using="xcn"),
    ),
    structural=("ROL-2",),
)

PRACTITIONER_ROLE = Table(
    source="ROL",
    target="Patient",
    rules=(Rule("ROL-4", "generalPractitioner[]", using="xcn"),),
    structural=("ROL-2", "ROL-3"),
    note="A ROL that follows PID with the role PP.",
)

CARE_TEAM_ROLE = Table(
    source="ROL",
    target="CareTeam.participant",
    rules=(
        Rule("ROL-3", "role[]", using="cwe", codes=ROLE_TYPES),
        Rule("ROL-9", "role[]", using="cwe"),
        Rule("ROL-4", "member", using="xcn"),
        Rule("ROL-14", "onBehalfOf", using="xon"),
        Rule("ROL-5", "period.start", using="dateTime"),
        Rule("ROL-6", "period.end", using="dateTime"),
    ),
    structural=("ROL-2",),
    note="A ROL that follows PID with a role other than PP.",
)

PROCEDURE_ROLE = Table(
    source="ROL",
    target="Procedure.performer",
    rules=(
        Rule("ROL-3", "function", using="cwe", codes=ROLE_TYPES),
        Rule("ROL-4", "actor", using="xcn"),
        Rule("ROL-14", "onBehalfOf", using="xon"),
    ),
    structural=("ROL-2",),
)

PARTICIPATION = Table(
    source="PRT",
    target="CareTeam.participant",
    rules=(
        Rule("PRT-4", "role[]", using="cwe", codes="v2-0912"),
        Rule("PRT-6", "role[]", using="cwe"),
        Rule("PRT-5", "member", using="xcn"),
        Rule("PRT-8", "member", using="xon"),
        Rule("PRT-11", "period.start", using="dateTime"),
        Rule("PRT-12", "period.end", using="dateTime"),
    ),
    structural=("PRT-1", "PRT-2"),
    note="A PRT that follows PID with a part other than PP.",
)

PRACTITIONER_PARTICIPATION = Table(
    source="PRT",
    target="Patient",
    rules=(Rule("PRT-5", "generalPractitioner[]", using="xcn"),),
    structural=("PRT-1", "PRT-2", "PRT-4"),
    note="A PRT that follows PID with the part PP.",
)

VISIT_PARTICIPATION = Table(
    source="PRT",
    target="Encounter.participant",
    rules=(
        Rule("PRT-4", "type[]", using="cwe", codes="v2-0912"),
        Rule("PRT-11", "period.start", using="dateTime"),
        Rule("PRT-12", "period.end", using="dateTime"),
        Rule("PRT-5", "individual", using="xcn"),
    ),
    structural=("PRT-1", "PRT-2"),
)
