"""SPM to Specimen."""

from mappers.rule import Empty, Rule, Table, Valued

SPECIMEN = Table(
    source="SPM",
    target="Specimen",
    rules=(
        Rule("SPM-2", "identifier[]", using="eip-placer"),
        Rule("SPM-2", "identifier[]", using="eip-filler"),
        Rule("SPM-31", "identifier[]", using="cx-specimen"),
        Rule("SPM-32", "identifier[]", using="ei-shipment"),
        Rule("SPM-30", "accessionIdentifier", using="cx-accession"),
        Rule("SPM-21", "status", using="unsatisfactory"),
        Rule("SPM-20", "status", using="code", codes="v2-0136-specimen", when=Empty("SPM-21")),
        Rule("SPM-4", "type", using="cwe"),
        Rule("SPM-3", "parent[]", using="parent-specimen"),
        Rule("SPM-18", "receivedTime", using="dateTime"),
        Rule("SPM-17", "collection.collectedDateTime", using="dateTime", when=Empty("SPM-17.2")),
        Rule("SPM-17", "collection.collectedPeriod", using="period", when=Valued("SPM-17.2")),
        Rule("SPM-12", "collection.quantity", using="quantity"),
        Rule("SPM-7", "collection.method", using="cwe"),
        Rule("SPM-8", "collection.bodySite", using="cwe"),
        Rule("SPM-27", "container[0].type", using="cwe"),
        Rule("SPM-6", "container[0].additiveCodeableConcept", using="cwe"),
        Rule("SPM-24", "condition[]", using="cwe"),
        Rule("SPM-21", "condition[]", using="cwe", note="the reason of a rejection"),
        Rule("SPM-14", "note[].text", using="text"),
    ),
    structural=("SPM-1",),
    note="A rejected specimen (SPM-21) is unsatisfactory, and its condition says why.",
)
