"""AIS: the service of an appointment."""

from mappers.rule import Rule, Table

SERVICE = Table(
    source="AIS",
    target="Appointment",
    rules=(
        Rule("AIS-3", "serviceType[]", using="cwe"),
        Rule("AIS-11", "serviceType[]", using="cwe", note="supplemental"),
        Rule("AIS-12", "serviceType[]", using="cwe", note="supplemental"),
    ),
    structural=("AIS-1", "AIS-2"),
    note="A service that AIS-2 deletes is left out.",
)
