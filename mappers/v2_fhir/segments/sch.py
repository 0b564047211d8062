"""SCH and TQ1 to Appointment, its contacts and the order it is for."""

from mappers.rule import Empty, Is, Not, Rule, Table

ENDED = ("S15", "S16", "S26")
"""Events whose reason (SCH-6) is why the appointment does not take place."""

APPOINTMENT = Table(
    source="SCH TQ1 MSH",
    target="Appointment",
    rules=(
        Rule("SCH-1", "identifier[]", using="ei-appointment-placer"),
        Rule("SCH-2", "identifier[]", using="ei-appointment-filler"),
        Rule("SCH-4", "identifier[]", using="ei-appointment-group"),
        Rule("SCH-3", "extension[]", using="occurrence"),
        Rule("SCH-25", "status", using="code", codes="v2-0278"),
        Rule("SCH-6", "cancelationReason", using="cwe", when=Is("MSH-9.2", ENDED)),
        Rule("SCH-6", "extension[]", using="event-reason", when=Not(Is("MSH-9.2", ENDED))),
        Rule("SCH-7", "reasonCode[]", using="known-reason", codes="v2-0276"),
        Rule("SCH-8", "appointmentType", using="cwe"),
        Rule("TQ1-9", "priority", using="priority", codes="v2-0485"),
        Rule("SCH-11", "priority", using="tq-priority", codes="v2-0485", when=Empty("TQ1-9")),
        Rule("TQ1-7", "start", using="instant"),
        Rule("TQ1-8", "end", using="instant"),
        Rule("SCH-11", "start", using="tq-start", when=Empty("TQ1-7")),
        Rule("SCH-11", "end", using="tq-end", when=Empty("TQ1-8")),
        Rule("SCH-23", "supportingInformation[]", using="parent-placer"),
        Rule("SCH-24", "supportingInformation[]", using="parent-filler"),
    ),
    structural=("TQ1-1",),
    note="The event gives the status where it and SCH-25 disagree. Without times here those of "
    "the first resource hold; minutesDuration comes of SCH-9 with its unit in SCH-10, else TQ1-6 "
    "or the duration of a resource.",
)

CONTACTS = tuple(
    Table(
        source="SCH",
        target=f"Appointment.participant ({name})",
        rules=(Rule(path, "actor[]", using="xcn"),),
    )
    for path, name in (
        ("SCH-12", "placer contact"),
        ("SCH-16", "filler contact"),
        ("SCH-20", "entered by"),
    )
)

ORDER_PLACER = Table(
    source="SCH",
    target="ServiceRequest (placer)",
    rules=(Rule("SCH-26", "identifier[]", using="ei-placer"),),
)
ORDER_FILLER = Table(
    source="SCH",
    target="ServiceRequest (filler)",
    rules=(Rule("SCH-27", "identifier[]", using="ei-filler"),),
    note="The order an appointment is for: made only where no such order is known.",
)
