"""DG1 of a charge message: why what is charged was done, where FT1-19 does not say."""

from mappers.rule import Rule, Table

CHARGE_REASON = Table(
    source="DG1",
    target="ChargeItem",
    rules=(Rule("DG1-3", "reason[]", using="diagnosis"),),
    note="In the order sent; the diagnoses themselves are mapped beside.",
)
