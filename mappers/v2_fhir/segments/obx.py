"""OBX to Observation with its laboratory, and a document in OBX-5 to an Attachment."""

from mappers.rule import Is, Not, Rule, Table

CODED = ("CE", "CWE", "CNE", "CF", "IS", "ID")
TEXT = ("ST", "TX", "FT")
MOMENTS = ("DT", "DTM", "TS")
DOCUMENTS = ("ED", "RP")
TYPED = (*CODED, *MOMENTS, "NM", "SN", "TM", "DR", "NR", "CQ")

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
        Rule("OBX-5", "*", using="amount-value", when=Is("OBX-2", ("CQ",))),
        Rule("OBX-5*", "*", using="sampled", when=Is("OBX-2", ("NA",))),
        Rule("OBX-5*", "*", using="verbal-range", when=Is("OBX-2", ("VR",))),
        Rule("OBX-5*", "*", using="words", when=Not(Is("OBX-2", (*TYPED, "NA", "VR")))),
    ),
    note=(
        "OBX-6 gives the unit of every quantity. A value that does not parse is kept as text and "
        "listed. Several repetitions of a typed value become one component each."
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
        Rule(
            "OBX-11",
            "_status.extension[]",
            using="result-status",
            when=Not(Is("OBX-11", ("F", "P", "C", "A"))),
            note="the code as sent, where the status says less",
        ),
        Rule("OBX-29", "category[]", using="observation-type"),
        Rule("OBX-3", "code", using="cwe", required=True),
        Rule("OBX-14", "effectiveDateTime", using="dateTime"),
        Rule("OBX-16", "performer[]", using="xcn"),
        Rule("OBX-23", "performer[]", using="xon"),
        Rule("OBX-15", "performer[]", using="organization"),
        Rule("OBX-8", "interpretation[]", using="cwe", codes="v2-0078"),
        Rule("OBX-20", "bodySite", using="cwe"),
        Rule("OBX-17", "method", using="cwe"),
        Rule("OBX-18", "device", using="ei-device"),
        Rule("OBX-7", "referenceRange[]", using="reference-range"),
        Rule("OBX-10", "extension[]", using="abnormal-nature"),
        Rule("OBX-19", "extension[]", using="analysis-time"),
        Rule("OBX-30", "extension[]", using="structure-type"),
    ),
    structural=("OBX-1", "OBX-2", "OBX-4"),
    note="OBX-4 is part of the identity of the observation, and groups siblings.",
)

LABORATORY = Table(
    source="OBX",
    target="Organization",
    rules=(
        Rule("OBX-23", "identifier[]", using="xon-identifier"),
        Rule("OBX-15", "identifier[]", using="producer-identifier"),
        Rule("OBX-23", "name", using="xon-name"),
        Rule("OBX-15", "name", using="concept-text"),
        Rule("OBX-24", "address[]", using="xad"),
    ),
    note=(
        "The laboratory that did the test, contained in the resources it performed: what 42 CFR "
        "493.1291(c) asks of a report. Made where its address or its director is sent."
    ),
)

DIRECTOR = Table(
    source="OBX",
    target="PractitionerRole",
    rules=(Rule("OBX-25", "practitioner", using="xcn"),),
    note="The medical director of the laboratory (MDIR of table 0912), contained beside it.",
)

ATTACHMENT = Table(
    source="OBX",
    target="Attachment",
    rules=(
        Rule("OBX-3", "title", using="concept-text"),
        Rule("OBX-14", "creation", using="dateTime"),
    ),
    structural=("OBX-1", "OBX-2", "OBX-4"),
    note=(
        "OBX-5 of ED and RP is put together from all its parts, kept as Binary by its hash and "
        "described by a DocumentReference; presentedForm of the report refers to it."
    ),
)

DOCUMENT = Table(
    source="OBX",
    target="DocumentReference",
    rules=(
        Rule("OBX-3", "type", using="cwe"),
        Rule("OBX-11", "docStatus", using="code", codes="v2-0085-document"),
        Rule("OBX-16", "author[]", using="xcn"),
        Rule("OBX-23", "custodian", using="xon"),
    ),
)
