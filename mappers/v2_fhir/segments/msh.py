"""MSH and EVN: what of the envelope goes into resources, and what is kept with the exchange."""

from mappers.rule import Rule, Table

BUNDLE = Table(
    source="MSH",
    target="Bundle",
    rules=(Rule("MSH-10", "identifier", using="control-id"),),
    structural=(
        *(f"MSH-{number}" for number in range(1, 10)),
        *(f"MSH-{number}" for number in range(11, 26)),
        "EVN-1",
        "EVN-2",
        "EVN-3",
        "EVN-6",
    ),
    note="Sender, receiver, times, type and version route the message and are kept with it.",
)

EVENT_TIME = Table(
    source="EVN MSH",
    target="time of the event",
    rules=(
        Rule("EVN-6", "time", using="dateTime"),
        Rule("EVN-2", "time", using="dateTime"),
        Rule("MSH-7", "time", using="dateTime"),
    ),
)
