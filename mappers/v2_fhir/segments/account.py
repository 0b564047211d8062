"""PID-18 and the times of PV1 to Account. The guide has the identifier; the rest is ours."""

from mappers.rule import Rule, Table

ACCOUNT = Table(
    source="PID PV1",
    target="Account",
    rules=(
        Rule("PID-18", "identifier[]", using="cx-account"),
        Rule("PV1-44", "servicePeriod.start", using="dateTime"),
        Rule("PV1-45", "servicePeriod.end", using="dateTime"),
    ),
    note="The event gives the status; IN1 the coverage in the order of its priority, GT1 the "
    "guarantor. A message without IN1 or GT1 leaves those that are stored.",
)
