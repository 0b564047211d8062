"""RGS: the resources of an appointment that follow; it says nothing of its own."""

from mappers.rule import Table

RESOURCE_GROUP = Table(
    source="RGS", target="Appointment", rules=(), structural=("RGS-1", "RGS-2", "RGS-3")
)
