"""MRG: the numbers under which the one who is merged was known."""

from mappers.rule import Rule, Table

PRIOR_PATIENT = Table(
    source="MRG",
    target="Patient",
    rules=(
        Rule("MRG-1", "identifier[]", using="cx"),
        Rule("MRG-2", "identifier[]", using="cx"),
        Rule("MRG-4", "identifier[]", using="cx"),
        Rule("MRG-7", "name[]", using="xpn"),
    ),
    note="Made as a trace where nobody of these numbers is known, so that later messages find it.",
)

PRIOR_ACCOUNT = Table(
    source="MRG",
    target="Account",
    rules=(
        Rule("MRG-3", "identifier[]", using="cx-account"),
        Rule("", "status", constant="inactive"),
    ),
    note="The guide says unknown; an account that was merged is no longer used.",
)
