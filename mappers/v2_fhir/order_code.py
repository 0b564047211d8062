"""Code maps of documents, vaccination and pharmacy; the maps of orders stand in `codes`."""

from mappers.codes import CodeMap, Row, index_maps
from mappers.v2_fhir.codes import OURS, _rows

COMPLETION = CodeMap(
    "v2-0322",
    "HL7 table 0322",
    "",
    (*_rows(completed="CP PA"), Row("RE", "not-done"), Row("NA", "not-done")),
)
DOCUMENT_STATUS = CodeMap(
    "v2-0271",
    "HL7 table 0271",
    "",
    tuple(
        Row(code, target, note=OURS)
        for target, codes in (("preliminary", "DI DO IN IP PA"), ("final", "AU LA"))
        for code in codes.split()
    ),
)
DOCUMENT_AVAILABILITY = CodeMap(
    "v2-0273",
    "HL7 table 0273",
    "",
    (
        Row("AV", "current"),
        Row("OB", "superseded", note=OURS),
        Row("CA", "entered-in-error", note=OURS),
        Row("UN", "current", note=f"{OURS}: kept, though the sender has it no more"),
    ),
)
MEDICATION_CONTROL = CodeMap(
    "v2-0119-medication",
    "HL7 table 0119",
    "",
    (
        *(Row(code, "active", note=OURS) for code in ("NW", "OK", "AF", "PR", "PY", "RO")),
        *(Row(code, "active", note=OURS) for code in ("RL", "SN", "OE", "OR", "RF", "OF")),
        *(Row(code, "on-hold", note=OURS) for code in ["HD", "HR", "OH"]),
        *(Row(code, "cancelled", note=OURS) for code in ["CA", "CR", "OC", "DF", "RP", "RQ", "RU"]),
        *(Row(code, "stopped", note=OURS) for code in ["DC", "DR", "OD"]),
        Row("FU", "completed", note=OURS),
        *(
            Row(code, "", note="says nothing of the status")
            for code in (
                *("CH", "CN", "CP", "DE", "LI", "MC", "NA", "OP", "PA", "RE", "RR", "SC", "SR"),
                *("SS", "UA", "UC", "UD", "UF", "UH", "UM", "UN", "UR", "UX", "XO", "XR", "XX"),
            )
        ),
    ),
)
MEDICATION_STATUS = CodeMap(
    "v2-0038-medication",
    "HL7 table 0038",
    "",
    (
        *(Row(code, "active", note=OURS) for code in ("A", "IP", "SC")),
        *(Row(code, "cancelled", note=OURS) for code in ("CA", "RP")),
        Row("DC", "stopped", note=OURS),
        Row("CM", "completed", note=OURS),
        Row("HD", "on-hold", note=OURS),
        Row("ER", "entered-in-error", note=OURS),
    ),
)
ORDER_MAPS = (
    COMPLETION,
    DOCUMENT_STATUS,
    DOCUMENT_AVAILABILITY,
    MEDICATION_CONTROL,
    MEDICATION_STATUS,
)
ORDER_CODES = index_maps(ORDER_MAPS)
