"""AIL: a location of an appointment."""

from mappers.rule import Rule, Table

LOCATION = Table(
    source="AIL",
    target="Appointment.participant (location)",
    rules=(
        Rule("AIL-3", "actor", using="place"),
        Rule("AIL-4", "type[]", using="cwe"),
        Rule("AIL-12", "status", using="code", codes="v2-0278-participant"),
        Rule("AIL-6", "period.start", using="instant"),
    ),
    structural=("AIL-1", "AIL-2"),
    note="The period ends after the duration; an offset counts from the start of the appointment.",
)
