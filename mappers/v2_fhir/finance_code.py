"""Code maps of insurance: relationships, and what a segment says is to be done with it."""

from mappers.codes import CodeMap, Row, index_maps
from mappers.v2_fhir.codes import OURS, TERMINOLOGY


def _rows(pairs: str) -> tuple[Row, ...]:
    """Return rows from `CODE:target` pairs."""
    return tuple(Row(*pair.split(":")) for pair in pairs.split())


def _each(codes: str, target: str, note: str = "") -> tuple[Row, ...]:
    """Return a row to the same target for each code."""
    return tuple(Row(code, target, note=note) for code in codes.split())


RELATIONSHIP = CodeMap(
    "v2-0063",
    "HL7 table 0063",
    f"{TERMINOLOGY}/v3-RoleCode",
    (
        *_rows("SEL:ONESELF SPO:SPS DOM:SIGOTHR CHD:CHILD GCH:GRNDCHILD NCH:NCHILD SCH:STPCHLD"),
        *_rows("FCH:CHLDFOST PAR:PRN MTH:MTH FTH:FTH GRP:GRPRN EXF:EXT SIB:SIB BRO:BRO SIS:SIS"),
        *_rows("FND:FRND GRD:GUARD"),
        *_each("DEP WRD CGV OAD EME EMR ASC EMC OWN TRA MGR NON UNK OTH", "", "kept as sent"),
    ),
)
SUBSCRIBER_RELATIONSHIP = CodeMap(
    "v2-0063-subscriber",
    "HL7 table 0063",
    f"{TERMINOLOGY}/subscriber-relationship",
    (
        Row("SEL", "self", note=OURS),
        Row("SPO", "spouse", note=OURS),
        Row("DOM", "common", note=OURS),
        *_each("CHD NCH SCH FCH", "parent", "the insured is the child, so the patient the parent"),
        *_each("PAR MTH FTH GRD", "child", "the insured is the parent, so the patient the child"),
        *_each("GCH DEP WRD CGV GRP EXF SIB BRO SIS FND OAD EME EMR ASC", "other", OURS),
        *_each("EMC OWN TRA MGR NON UNK OTH", "other", OURS),
    ),
)
COVERAGE_ACTION = CodeMap(
    "v2-0206-coverage",
    "HL7 table 0206",
    "",
    (*_each("A U X", "active", OURS), Row("D", "cancelled", note=OURS)),
)

FINANCE_MAPS = (RELATIONSHIP, SUBSCRIBER_RELATIONSHIP, COVERAGE_ACTION)
FINANCE_CODES = index_maps(FINANCE_MAPS)
