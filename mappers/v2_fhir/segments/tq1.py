"""TQ1 to the timing and priority of an order."""

from mappers.rule import Rule, Table

ORDER_TIMING = Table(
    source="TQ1",
    target="ServiceRequest",
    rules=(
        Rule("TQ1-9", "priority", using="code", codes="v2-0485-request"),
        Rule("TQ1-2", "quantityQuantity", using="quantity"),
        Rule("TQ1-13", "occurrenceTiming.repeat", using="duration"),
        Rule("TQ1-3*", "occurrenceTiming.code", using="repeat-pattern"),
        Rule("TQ1-4", "occurrenceTiming.repeat.timeOfDay[]", using="time"),
        Rule("TQ1-7", "occurrenceTiming.repeat.boundsPeriod.start", using="dateTime"),
        Rule("TQ1-8", "occurrenceTiming.repeat.boundsPeriod.end", using="dateTime"),
        Rule("TQ1-14", "occurrenceTiming.repeat.countMax", using="integer"),
        Rule("TQ1-10", "asNeededCodeableConcept.text", using="text"),
        Rule("TQ1-11", "note[].text", using="text"),
    ),
    structural=("TQ1-1",),
    note="An order without a time of its own in OBR-6 takes it from here.",
)
