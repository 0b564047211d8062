"""FT1 to ChargeItem, and to Task where it is no charge. The guide has no FT1 map; this is ours."""

from mappers.rule import Empty, Rule, Table, Valued

CHARGE = Table(
    source="FT1",
    target="ChargeItem",
    rules=(
        Rule("FT1-2", "identifier[]", using="id-transaction"),
        Rule("FT1-25", "code.coding[]", using="charge-coding"),
        Rule("FT1-25", "code.coding[]", using="charge-coding-alternate"),
        Rule("FT1-7", "code.coding[]", using="charge-coding"),
        Rule("FT1-7", "code.coding[]", using="charge-coding-alternate"),
        Rule("FT1-7", "code.text", using="wording"),
        Rule("FT1-8", "code.text"),
        Rule("FT1-25", "code.text", using="wording"),
        Rule("FT1-4", "occurrenceDateTime", using="dateTime", when=Empty("FT1-4.2")),
        Rule("FT1-4", "occurrencePeriod", using="period", when=Valued("FT1-4.2")),
        Rule("FT1-5", "enteredDate", using="dateTime"),
        Rule("FT1-10", "quantity.value", using="number-exact"),
        Rule("FT1-11", "priceOverride", using="money"),
        Rule("FT1-12", "extension[]", using="unit-price"),
        Rule("FT1-13", "costCenter", using="organization"),
        Rule("FT1-16", "extension[]", using="charge-location"),
        Rule("FT1-19", "reason[]", using="diagnosis"),
        Rule("FT1-23", "supportingInformation[]", using="order-filler"),
        Rule("FT1-24", "enterer", using="xcn"),
        Rule("FT1-26", "extension[]", using="charge-modifier"),
        Rule("FT1-29", "productCodeableConcept", using="drug"),
        Rule("FT1-32", "performingOrganization", using="xon"),
        Rule("FT1-33", "requestingOrganization", using="xon"),
        Rule("FT1-39", "extension[]", using="charge-authorization"),
        Rule("FT1-41", "extension[]", using="charge-revenue"),
    ),
    structural=("FT1-1", "FT1-6"),
    note="The procedure (FT1-25) comes before the sender's own charge code (FT1-7). A credit has "
    "negative quantity and price. Where FT1-11 is empty the price is FT1-12 by quantity.",
)

PERFORMED = Table(
    source="FT1",
    target="ChargeItem.performer (performed by)",
    rules=(Rule("FT1-20", "actor[]", using="xcn"),),
)
ORDERED = Table(
    source="FT1",
    target="ChargeItem.performer (ordered by)",
    rules=(Rule("FT1-21", "actor[]", using="xcn"),),
)

CREDITED = Table(
    source="FT1",
    target="ChargeItem.partOf",
    rules=(
        Rule("FT1-31", "partOf[]", using="charge-reference"),
        Rule("FT1-2", "partOf[]", using="charge-reference", when=Empty("FT1-31")),
    ),
    note="The charge that a credit takes back: FT1-31, else the same transaction number.",
)

PAYMENT = Table(
    source="FT1",
    target="Task",
    rules=(
        Rule("FT1-2", "identifier[]", using="id-transaction"),
        Rule("FT1-30", "identifier[]", using="id-payment"),
        Rule("FT1-4", "executionPeriod.start", using="dateTime"),
        Rule("FT1-4", "executionPeriod.end", using="dr-end", when=Valued("FT1-4.2")),
        Rule("FT1-7", "reasonCode", using="cwe"),
        Rule("FT1-6", "input[]", using="input-type"),
        Rule("FT1-8", "input[]", using="input-description"),
        Rule("FT1-11", "input[]", using="input-amount"),
        Rule("FT1-12", "input[]", using="input-unit-amount"),
        Rule("FT1-10", "input[]", using="input-quantity"),
        Rule("FT1-14", "input[]", using="input-plan"),
        Rule("FT1-5", "input[]", using="input-posted"),
        Rule("FT1-31", "input[]", using="input-reference"),
        Rule("FT1-24", "requester", using="xcn"),
    ),
    structural=("FT1-1",),
    note="Payments, adjustments, co-payments and what is of no known type wait for a person.",
)
