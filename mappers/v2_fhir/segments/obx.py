"""OBX to Observation, and a document in OBX-5 to DiagnosticReport.presentedForm."""

from mappers.rule import Is, Not, Rule, Table

CODED = ("CE", "CWE", "CNE", "CF", "IS", "ID")
TEXT = ("ST", "TX", "FT")
MOMENTS = ("DT", "DTM", "TS")
DOCUMENTS = ("ED",)
TYPED = (*CODED, *MOMENTS, "NM", "SN", "TM", "DR", "NR")

VALUE = Table(
    source="OBX",
    target="Observation.value[x]",
    rules=(
        Rule("OBX-5", "*", using="number", when=Is("OBX-2", ("NM",))),
        Rule("OBX-5", "*", using="structured", when=Is("OBX-2", ("SN",))),
        Rule("OBX-5", "*", using="coded", when=Is("OBX-2", CODED)),
        Rule("OBX-5", "*", using="moment-value", when=Is("OBX-2", MOMENTS)),
        Rule("OBX-5", "*", using="time-value", when=Is("OBX-2", ("TM",))),
        Rule("OBX-5", "*", using="period-value", when=Is("OBX-2", ("DR",))),
        Rule("OBX-5", "*", using="range-value", when=Is("OBX-2", ("NR",))),
        Rule("OBX-5*", "*", using="words", when=Not(Is("OBX-2", TYPED))),
    ),
    note=(
        "OBX-6 gives the unit of every quantity. A value that does not parse is kept as text. "
        "Several repetitions of a typed value become one component each."
    ),
)

UNIT = Table(
    source="OBX",
    target="Quantity",
    rules=(Rule("OBX-6", "*", using="units"),),
    note="Written into every quantity of the observation and its reference ranges.",
)

OBSERVATION = Table(
    source="OBX",
    target="Observation",
    rules=(
        Rule("OBX-21", "identifier[]", using="ei-observation"),
        Rule("OBX-11", "status", using="code", codes="v2-0085"),
        Rule("OBX-3", "code", using="cwe", required=True),
        Rule("OBX-14", "effectiveDateTime", using="dateTime"),
        Rule("OBX-16", "performer[]", using="xcn"),
        Rule("OBX-23", "performer[]", using="xon"),
        Rule("OBX-15", "performer[]", using="organization"),
        Rule("OBX-8", "interpretation[]", using="cwe", codes="v2-0078"),
        Rule("OBX-17", "method", using="cwe"),
        Rule("OBX-18", "device", using="ei-device"),
        Rule("OBX-7", "referenceRange[]", using="reference-range"),
    ),
    structural=("OBX-1", "OBX-2", "OBX-4"),
    note="OBX-4 is part of the identity of the observation.",
)

PRESENTED_FORM = Table(
    source="OBX",
    target="DiagnosticReport.presentedForm",
    rules=(
        Rule("OBX-5", "*", using="attachment", required=True),
        Rule("OBX-3", "title", using="concept-text"),
        Rule("OBX-14", "creation", using="dateTime"),
    ),
    structural=("OBX-1", "OBX-2", "OBX-4"),
)
