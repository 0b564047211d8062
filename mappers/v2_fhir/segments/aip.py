"""AIP: a person of an appointment."""

from mappers.rule import Rule, Table

PERSONNEL = Table(
    source="AIP",
    target="Appointment.participant (personnel)",
    rules=(
        Rule("AIP-3", "actor", using="xcn"),
        Rule("AIP-4", "type[]", using="cwe"),
        Rule("AIP-12", "status", using="code", codes="v2-0278-participant"),
        Rule("AIP-6", "period.start", using="instant"),
    ),
    structural=("AIP-1", "AIP-2"),
    note="The period ends after the duration; an offset counts from the start of the appointment.",
)
