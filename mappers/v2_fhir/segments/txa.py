"""TXA to DocumentReference."""

from mappers.rule import Rule, Table

PARENT_DOCUMENT = Table(
    source="TXA",
    target="identifier of the parent",
    rules=(Rule("TXA-13", "identifier", using="ei-document"),),
)

DOCUMENT_REFERENCE = Table(
    source="TXA",
    target="DocumentReference",
    rules=(
        Rule("TXA-12", "masterIdentifier", using="ei-document"),
        Rule("TXA-16", "identifier[]", using="file-name"),
        Rule("TXA-19", "status", using="code", codes="v2-0273"),
        Rule("TXA-17", "docStatus", using="code", codes="v2-0271"),
        Rule("TXA-17", "_docStatus.extension[]", using="completion-status"),
        Rule("TXA-2", "type", using="document-type"),
        Rule("TXA-4", "context.period.start", using="dateTime"),
        Rule("TXA-6", "date", using="instant"),
        Rule("TXA-8", "date", using="instant"),
        Rule("TXA-7", "date", using="instant"),
        Rule("TXA-9", "author[]", using="xcn"),
        Rule("TXA-5", "author[]", using="xcn"),
        Rule("TXA-22", "authenticator", using="xcn"),
        Rule("TXA-10", "authenticator", using="xcn"),
        Rule("TXA-18", "securityLabel[]", using="confidentiality"),
        Rule("TXA-25", "description", using="text"),
        Rule("TXA-14", "context.related[]", using="order-reference"),
        Rule("TXA-15", "context.related[]", using="order-reference"),
        Rule("TXA-24", "category[]", using="cwe"),
    ),
    structural=("TXA-1", "TXA-3", "TXA-13"),
    note=(
        "TXA-13 names the document that this one replaces (T10) or is an addendum to (T05, T06): "
        "relatesTo. The event, not TXA-19, makes a document entered in error (T11)."
    ),
)
