"""AIG: a general resource of an appointment: equipment, a room, a person."""

from mappers.rule import Rule, Table

EQUIPMENT = Table(
    source="AIG",
    target="Appointment.participant (equipment)",
    rules=(
        Rule("AIG-3", "actor", using="resource"),
        Rule("AIG-4", "type[]", using="cwe"),
        Rule("AIG-14", "status", using="code", codes="v2-0278-participant"),
        Rule("AIG-8", "period.start", using="instant"),
    ),
    structural=("AIG-1", "AIG-2"),
    note="The period ends after the duration; an offset counts from the start of the appointment.",
)
