"""ORC and OBR to ServiceRequest: an order, from who placed it or from who fills it."""

from mappers.rule import AllOf, Empty, Is, Not, Rule, Table

PLACING = ("NW", "PR", "RO", "SN", "RE", "")

SERVICE_REQUEST = Table(
    source="ORC OBR",
    target="ServiceRequest",
    rules=(
        Rule("ORC-2", "identifier[]", using="ei-placer"),
        Rule("OBR-2", "identifier[]", using="ei-placer"),
        Rule("ORC-3", "identifier[]", using="ei-filler"),
        Rule("OBR-3", "identifier[]", using="ei-filler"),
        Rule("OBR-53", "identifier[]", using="cx-placer"),
        Rule("ORC-33", "identifier[]", using="cx-placer", when=Empty("OBR-53")),
        Rule("ORC-4", "requisition", using="group-identifier"),
        Rule("ORC-5", "status", using="code", codes="v2-0038"),
        Rule("ORC-1", "status", using="order-status", codes="v2-0119", when=Empty("ORC-5")),
        Rule("ORC-1", "extension[]", using="order-control"),
        Rule("ORC-16", "extension[]", using="status-reason"),
        Rule("OBR-17", "extension[]", using="callback-number"),
        Rule("ORC-14", "extension[]", using="callback-number", when=Empty("OBR-17")),
        Rule("OBR-11", "intent", using="code", codes="v2-0065"),
        Rule("", "intent", constant="order", when=Not(Is("OBR-11", ("A", "G")))),
        Rule("OBR-5", "priority", using="code", codes="v2-0485-request"),
        Rule("OBR-27", "priority", using="timing-priority", codes="v2-0485-request"),
        Rule("ORC-7", "priority", using="timing-priority", codes="v2-0485-request"),
        Rule("OBR-4", "code", using="cwe"),
        Rule("OBR-46", "orderDetail[]", using="cwe"),
        Rule("OBR-47", "orderDetail[]", using="cwe"),
        Rule(
            "ORC-9",
            "authoredOn",
            using="dateTime",
            when=Is("ORC-1", PLACING),
        ),
        Rule("OBR-6", "occurrenceDateTime", using="dateTime"),
        Rule("ORC-12", "requester", using="xcn"),
        Rule("OBR-16", "requester", using="xcn"),
        Rule(
            "ORC-21",
            "requester",
            using="xon",
            when=AllOf((Empty("ORC-12"), Empty("OBR-16"))),
        ),
        Rule("ORC-29", "locationCode[]", using="cwe"),
        Rule("OBR-31", "reasonCode[]", using="cwe"),
        Rule("OBR-13", "note[].text", using="concept-text"),
        Rule("ORC-28", "meta.security[]", using="security-label"),
    ),
    structural=("OBR-1",),
    note=(
        "A result makes it only where no order with the placer, filler or requisition number is "
        "known. The status of an order that is not new is that of ORC-5, else of ORC-1."
    ),
)
