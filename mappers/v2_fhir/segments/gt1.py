"""GT1 to the guarantor of an Account: a RelatedPerson, an Organization, or the patient.

The guide has no GT1 map; this is ours.
"""

from mappers.rule import Rule, Table

GUARANTOR_PERSON = Table(
    source="GT1",
    target="RelatedPerson (guarantor)",
    rules=(
        Rule("GT1-2", "identifier[]", using="cx-guarantor"),
        Rule("GT1-12", "identifier[]", using="ssn"),
        Rule("GT1-19", "identifier[]", using="cx-employee"),
        Rule("GT1-3", "name[]", using="xpn"),
        Rule("GT1-11", "relationship[]", using="relationship", codes="v2-0063"),
        Rule("GT1-8", "birthDate", using="date"),
        Rule("GT1-9", "gender", using="code", codes="v2-0001"),
        Rule("GT1-5", "address[]", using="xad"),
        Rule("GT1-6", "telecom[]", using="xtn-home"),
        Rule("GT1-7", "telecom[]", using="xtn-work"),
        Rule("GT1-36", "communication[].language", using="cwe"),
    ),
    structural=("GT1-1",),
)

GUARANTOR_ORGANIZATION = Table(
    source="GT1",
    target="Organization (guarantor)",
    rules=(
        Rule("GT1-2", "identifier[]", using="cx-guarantor"),
        Rule("GT1-21", "name", using="xon-name"),
        Rule("GT1-5", "address[]", using="xad"),
        Rule("GT1-7", "telecom[]", using="xtn-work"),
        Rule("GT1-6", "telecom[]", using="xtn-work"),
    ),
    structural=("GT1-1",),
    note="Where GT1-21 names an organization and GT1-3 nobody.",
)

GUARANTOR = Table(
    source="GT1",
    target="Account.guarantor",
    rules=(
        Rule("GT1-13", "period.start", using="dateTime"),
        Rule("GT1-14", "period.end", using="dateTime"),
        Rule("GT1-22", "onHold", using="boolean", codes="v2-0136"),
    ),
    structural=("GT1-1", "GT1-10", "GT1-15"),
    note="GT1-15 orders the guarantors; GT1-10, its type, is told by the party that it names.",
)
