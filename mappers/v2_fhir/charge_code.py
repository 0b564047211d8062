"""What a financial transaction is by FT1-6, and the forms of codes whose system is not told."""

import re
from collections.abc import Mapping

from mappers.codes import CodeMap, Row, index_maps
from mappers.v2_fhir.codes import OURS
from mappers.v2_fhir.feed import CODE_SYSTEMS

TRANSACTION_TYPE = CodeMap(
    "v2-0017",
    "HL7 table 0017",
    "",
    (
        Row("CG", "charge", note=OURS),
        Row("CD", "credit", note=OURS),
        Row("CR", "credit", note="in use for CD"),
        Row("PY", "payment", note=OURS),
        Row("AJ", "adjustment", note=OURS),
        Row("CO", "copayment", note=OURS),
    ),
)
WORK: Mapping[str, str] = {
    "payment": "A payment came with the charges: post it.",
    "adjustment": "An adjustment came with the charges: post it.",
    "copayment": "A co-payment came with the charges: post it.",
    "unknown": "A financial transaction of a type nobody knows: see what it is.",
    "charge-incomplete": "A charge lacks its code or price: complete it and make it billable.",
    "charge-differs": "A charge came again with other content: decide which one holds.",
    "credit-without-charge": "A credit names no charge that is here: find which it takes back.",
    "charge-credited": "A charge was credited after it was billed: replace or void the claim.",
}
"""What a person has to do, by the code of the Task."""
PERFORMER = "billing"

CHARGE_MAPS = (TRANSACTION_TYPE,)
CHARGE_CODES = index_maps(CHARGE_MAPS)

FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\d{4}[0-9A-Z]"), CODE_SYSTEMS["CPT"]),
    (re.compile(r"[A-Z]\d{4}"), CODE_SYSTEMS["HCPCS"]),
)
"""Codes of procedures are CPT or HCPCS by their form where the sender tells no system: table 0088
names these two alone for FT1-25 (HL7 v2.8.2 chapter 6)."""
ICD_FORM = re.compile(r"[A-TV-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?")
"""An ICD-10-CM code by its form."""
