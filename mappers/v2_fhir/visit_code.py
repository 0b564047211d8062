"""Code maps of persons and visits: HL7 tables of PID, PV1, PV2, DG1, AL1, ROL.

Source: the concept maps of the v2-to-FHIR guide. A table that sites fill themselves keeps a code
without a row as sent, under the table's own system.
"""

from mappers.codes import CodeMap, Row, index_maps
from mappers.v2_fhir.codes import OURS, TERMINOLOGY
from mappers.v2_fhir.event import EVENTS

SNOMED = "http://snomed.info/sct"


def _rows(pairs: str) -> tuple[Row, ...]:
    """Return rows from `CODE:target` pairs; underscores in targets stand for hyphens."""
    split = (pair.split(":") for pair in pairs.split())
    return tuple(Row(code, target.replace("_", "-")) for code, target in split)


def _kept(number: str) -> CodeMap:
    """Return the map of a table whose codes stay as they are, under the table's system."""
    return CodeMap(
        f"v2-{number}", f"HL7 table {number}", f"{TERMINOLOGY}/v2-{number}", (), keep_unknown=True
    )


EVENT_STATUS = CodeMap(
    "v2-0003-encounter",
    "HL7 table 0003",
    "",
    tuple(
        Row(event.trigger, event.status, note=event.note or event.means)
        for event in EVENTS
        if event.subject == "visit"
    ),
)
CLASS_STATUS = CodeMap(
    "v2-0004-status",
    "HL7 table 0004",
    "",
    _rows(
        "E:in_progress I:in_progress O:in_progress P:planned R:in_progress B:in_progress "
        "C:in_progress N:in_progress U:unknown"
    ),
)
RELIGION = CodeMap(
    "v2-0006",
    "HL7 table 0006",
    f"{TERMINOLOGY}/v3-ReligiousAffiliation",
    _rows(
        "A:1007 B:1009 E:1069 J:1026 L:1028 M:1027 N:1020 P:1077 AGN:1004 ATH:1007 BAH:1008 "
        "BRE:1062 BMA:1029 BTH:1051 CHR:1013 ANG:1005 AOG:1061 BAP:1009 CRR:1079 CHS:1063 "
        "COC:1064 COG:1065 COL:1066 EOT:1068 EPI:1069 FRQ:1071 FUL:1072 JWN:1025 MOM:1027 "
        "LUT:1028 MET:1073 NAZ:1075 ORT:1036 PEN:1038 PRE:1076 PRO:1077 PRC:1078 QUA:1071 "
        "REC:1079 CAT:1041 SAA:1080 SEV:1001 UCC:1082 UNI:1052 UNU:1081 CNF:1014 DOC:1067 "
        "HSH:1020 HVA:1020 HOT:1020 JAI:1024 MOS:1023 MSH:1045 MSU:1049 NAM:1074 SHN:1046 "
        "SIK:1047 SPI:1048"
    ),
)
AMBULATORY_STATUS = CodeMap(
    "v2-0009",
    "HL7 table 0009",
    f"{TERMINOLOGY}/v2-0009",
    (Row("A2", "wheel", system=f"{TERMINOLOGY}/encounter-special-arrangements"),),
    keep_unknown=True,
)
DIAGNOSIS_USE = CodeMap(
    "v2-0052",
    "HL7 table 0052",
    f"{TERMINOLOGY}/diagnosis-role",
    (
        Row("A", "AD"),
        Row("W", "W", note="working: no such role in FHIR", system=f"{TERMINOLOGY}/v2-0052"),
        Row("F", "DD", note=f"{OURS}: the final diagnosis is that at discharge"),
    ),
)
EVENT_REASON = CodeMap(
    "v2-0062",
    "HL7 table 0062",
    f"{TERMINOLOGY}/v2-0062",
    tuple(
        Row(code, target, system=f"{TERMINOLOGY}/v3-ActReason")
        for code, target in (("01", "PATRQT"), ("02", "TREAT"), ("03", "HOPERAT"))
    ),
    keep_unknown=True,
)
SERVICE = CodeMap(
    "v2-0069",
    "HL7 table 0069",
    f"{TERMINOLOGY}/v2-0069",
    (
        Row("MED", "382", system=f"{TERMINOLOGY}/service-type"),
        Row("URO", "222", system=f"{TERMINOLOGY}/service-type"),
    ),
    keep_unknown=True,
)
ALLERGEN_CATEGORY = CodeMap(
    "v2-0127-category",
    "HL7 table 0127",
    "",
    (
        *_rows("DA:medication FA:food EA:environment AA:biologic PA:environment LA:environment"),
        Row("MA", "", note="miscellaneous: of no category"),
        Row("MC", "", note="contraindication: of no category"),
    ),
)
ALLERGY_TYPE = CodeMap(
    "v2-0127-type",
    "HL7 table 0127",
    "",
    (
        *(Row(code, "allergy") for code in ("DA", "FA", "MA", "EA", "AA", "PA", "LA")),
        Row("MC", "intolerance", note=f"{OURS}: a contraindication"),
    ),
)
CRITICALITY = CodeMap(
    "v2-0128",
    "HL7 table 0128",
    "",
    (
        *_rows("SV:high MI:low"),
        Row("MO", "", note="between high and low"),
        Row("U", "unable-to-assess", note=OURS),
    ),
)
REACTION_SEVERITY = CodeMap(
    "v2-0128-severity",
    "HL7 table 0128",
    "",
    (*_rows("SV:severe MO:moderate MI:mild"), Row("U", "", note="unknown")),
)
SEVERITY_SENT = CodeMap(
    "v2-0128-original", "HL7 table 0128", f"{TERMINOLOGY}/v2-0128", (), keep_unknown=True
)
PRIORITY_OF_VISIT = CodeMap(
    "v2-0217",
    "HL7 table 0217",
    f"{TERMINOLOGY}/v3-ActPriority",
    _rows("1:EM 2:UR 3:EL"),
    keep_unknown=False,
)
LANGUAGE = CodeMap(
    "v2-0296",
    "HL7 table 0296",
    "urn:ietf:bcp:47",
    _rows(
        "eng:en spa:es fra:fr fre:fr deu:de ger:de ara:ar zho:zh chi:zh por:pt rus:ru vie:vi "
        "kor:ko tgl:tl ita:it jpn:ja hin:hi pol:pl hat:ht nld:nl dut:nl ell:el gre:el fas:fa "
        "per:fa urd:ur ben:bn pan:pa ukr:uk som:so amh:am nav:nv yid:yi hye:hy arm:hy guj:gu"
    ),
    keep_unknown=True,
)
CLINICAL_STATUS = CodeMap(
    "v2-0438",
    "HL7 table 0438",
    f"{TERMINOLOGY}/allergyintolerance-clinical",
    (
        *(Row(code, "active", note=OURS) for code in ("C", "D", "P", "S", "U")),
        Row("I", "inactive", note=OURS),
        Row("E", "", note="erroneous: told by IAM-6"),
    ),
)
ROLE = CodeMap(
    "v2-0443",
    "HL7 table 0443",
    f"{TERMINOLOGY}/v2-0443",
    (
        *(
            Row(code, target, system=f"{TERMINOLOGY}/v3-ParticipationType")
            for code, target in (("AD", "ADM"), ("AT", "ATND"), ("CP", "CON"), ("RP", "REF"))
        ),
        Row("PP", "446050000", system=SNOMED),
        Row("PI", "40570005", system=SNOMED),
    ),
    keep_unknown=True,
)
PARTICIPATION = CodeMap(
    "v2-0912",
    "HL7 table 0912",
    f"{TERMINOLOGY}/v2-0912",
    (Row("PH", "pharmacist", system=f"{TERMINOLOGY}/practitioner-role"),),
    keep_unknown=True,
)
VISIT_MAPS = (
    EVENT_STATUS,
    CLASS_STATUS,
    RELIGION,
    AMBULATORY_STATUS,
    DIAGNOSIS_USE,
    EVENT_REASON,
    SERVICE,
    ALLERGEN_CATEGORY,
    ALLERGY_TYPE,
    CRITICALITY,
    REACTION_SEVERITY,
    SEVERITY_SENT,
    PRIORITY_OF_VISIT,
    LANGUAGE,
    CLINICAL_STATUS,
    ROLE,
    PARTICIPATION,
    *(
        _kept(number)
        for number in (
            *("0007", "0023", "0092", "0099", "0112", "0114", "0131", "0230", "0315", "0430"),
        )
    ),
)
VISIT_CODES = index_maps(VISIT_MAPS)
