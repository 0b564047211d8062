"""IN1 and IN2 to Coverage, its payor and its subscriber.

The guide has IN1[Coverage] and no IN2. Ours goes further: the plan and the group are classes of
the coverage, since a plan's id is shared by all its members and identifies nobody's coverage.
"""

from mappers.rule import Empty, Rule, Table

COVERAGE = Table(
    source="IN1 IN2",
    target="Coverage",
    rules=(
        Rule("IN1-55", "status", using="code", codes="v2-0206-coverage"),
        Rule("IN1-49", "identifier[]", using="cx-member"),
        Rule("IN2-61", "identifier[]", using="cx-member", note="the patient's own member number"),
        Rule("IN2-6", "identifier[]", using="id-medicare"),
        Rule("IN2-8", "identifier[]", using="id-medicaid"),
        Rule("IN2-10", "identifier[]", using="id-military"),
        Rule("IN1-36", "subscriberId", note="as on the card: X12 NM109 of the subscriber"),
        Rule("IN1-49", "subscriberId", using="cx-value", when=Empty("IN1-36")),
        Rule("IN2-61", "subscriberId", using="cx-value", when=Empty("IN1-36")),
        Rule("IN1-15", "type", using="cwe"),
        Rule("IN1-47", "type", using="cwe", when=Empty("IN1-15")),
        Rule("IN1-17", "relationship", using="cwe", codes="v2-0063-subscriber"),
        Rule("IN2-72", "relationship", using="cwe", when=Empty("IN1-17")),
        Rule("IN1-12", "period.start", using="dateTime"),
        Rule("IN1-13", "period.end", using="dateTime"),
        Rule("IN1-22", "order", using="integer"),
        Rule("IN1-1", "order", using="integer", when=Empty("IN1-22")),
    ),
    structural=("IN1-1",),
    note="One Coverage for each IN1 with the IN2 and IN3 that follow it.",
)

PLAN = Table(
    source="IN1",
    target="Coverage.class plan",
    rules=(
        Rule("IN1-2", "*", using="class-coded"),
        Rule("IN1-35", "name", using="concept-text", when=Empty("IN1-2.2")),
    ),
)

GROUP = Table(
    source="IN1",
    target="Coverage.class group",
    rules=(
        Rule("IN1-8", "value"),
        Rule("IN1-9", "name", using="xon-name"),
        Rule("IN1-9", "value", using="xon-name", when=Empty("IN1-8")),
    ),
)

PAYOR = Table(
    source="IN1",
    target="Organization (payor)",
    rules=(
        Rule("IN1-3", "identifier[]", using="cx-payor"),
        Rule("IN1-4", "identifier[]", using="xon-payor", when=Empty("IN1-3")),
        Rule("IN1-4", "name", using="xon-name"),
        Rule("IN1-5", "address[]", using="xad"),
        Rule("IN1-7", "telecom[]", using="xtn-work"),
        Rule("IN1-6", "contact[].name", using="xpn"),
    ),
    note="Made only where no organization with the identifier is known.",
)

SUBSCRIBER = Table(
    source="IN1 IN2",
    target="RelatedPerson (subscriber)",
    rules=(
        Rule("IN2-2", "identifier[]", using="ssn"),
        Rule("IN2-1", "identifier[]", using="cx-employee"),
        Rule("IN1-10", "identifier[]", using="cx-employee"),
        Rule("IN1-16", "name[]", using="xpn"),
        Rule("IN1-17", "relationship[]", using="relationship", codes="v2-0063"),
        Rule("IN1-18", "birthDate", using="date"),
        Rule("IN1-43", "gender", using="code", codes="v2-0001"),
        Rule("IN1-19", "address[]", using="xad"),
        Rule("IN2-63", "telecom[]", using="xtn-home"),
        Rule("IN2-64", "telecom[]", using="xtn-work"),
    ),
    note="Where IN1-17 says that the insured is not the patient. IN1-17 tells what the insured "
    "is to the patient.",
)

POLICY_HOLDER = Table(
    source="IN1",
    target="Coverage.policyHolder",
    rules=(Rule("IN1-11", "policyHolder", using="xon"),),
    note="The employer that holds a group's policy, as a logical reference.",
)
