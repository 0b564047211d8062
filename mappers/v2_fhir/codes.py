"""Code maps between HL7 v2 tables and FHIR, named after the table; a blank target is known.

Source: the concept maps of the v2-to-FHIR guide; `note` marks rows where ours goes further.
"""

from mappers.codes import CodeMap, Row, index_maps

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
OURS = "not in the guide"


def _rows(**targets: str) -> tuple[Row, ...]:
    """Return rows from `target="CODE CODE"` pairs; underscores in targets stand for hyphens."""
    return tuple(
        Row(code, target.replace("_", "-"))
        for target, codes in targets.items()
        for code in codes.split()
    )


def _same(codes: str) -> tuple[Row, ...]:
    return tuple(Row(code, code) for code in codes.split())


GENDER = CodeMap(
    "v2-0001", "HL7 table 0001", "", _rows(female="F", male="M", other="O A N", unknown="U")
)
MARITAL_STATUS = CodeMap(
    "v2-0002",
    "HL7 table 0002",
    f"{TERMINOLOGY}/v3-MaritalStatus",
    (
        *_rows(L="A E", S="S", T="G P R", U="B", A="N", D="D", M="M", W="W", I="I", C="C"),
        *(
            Row(code, flavor, system=f"{TERMINOLOGY}/v3-NullFlavor")
            for code, flavor in (("T", "NAVU"), ("O", "OTH"), ("U", "UNK"))
        ),
    ),
)
PATIENT_CLASS = CodeMap(
    "v2-0004",
    "HL7 table 0004",
    f"{TERMINOLOGY}/v3-ActCode",
    _rows(EMER="E", IMP="I", AMB="O", PRENC="P"),
)
ORDER_STATUS = CodeMap(
    "v2-0038",
    "HL7 table 0038",
    "",
    (
        *_rows(revoked="CA DC RP", completed="CM", entered_in_error="ER", on_hold="HD"),
        *_rows(active="IP SC"),
        Row("A", "active", note=OURS),
    ),
)
INTERPRETATION = CodeMap(
    "v2-0078",
    "HL7 table 0078",
    f"{TERMINOLOGY}/v3-ObservationInterpretation",
    (
        *_same("L H LL HH N A AA U D B W S R I POS NEG IND DET ND CAR IE EX WR RR NR < > HX LX"),
        *_same("SDD SYN-R SYN-S NS NCL VS E EXP UNE H> L< HU LU"),
        *(
            Row(code, "", note="inactive in FHIR")
            for code in ("AC", "HM", "OBX", "QCF", "TOX", "MS")
        ),
        Row("null", "", note="no range defined"),
    ),
)
OBSERVATION_STATUS = CodeMap(
    "v2-0085",
    "HL7 table 0085",
    "",
    (
        *_rows(final="F", preliminary="P", corrected="C", amended="A", cancelled="X"),
        *_rows(entered_in_error="D W"),
        *(Row(code, "registered", note=OURS) for code in ("I", "O")),
        *(Row(code, "preliminary", note=OURS) for code in ("R", "S")),
        *(Row(code, "final", note=OURS) for code in ("U", "V")),
        Row("B", "amended", note=OURS),
        Row("N", "cancelled", note="with dataAbsentReason not-asked"),
    ),
)
REPORT_STATUS = CodeMap(
    "v2-0123",
    "HL7 table 0123",
    "",
    (
        *_rows(registered="O I S", partial="A R", preliminary="P", final="F", corrected="C"),
        *_rows(cancelled="X"),
        Row("M", "amended", note=OURS),
        Row("N", "registered", note=OURS),
        Row("Y", "", note="no order or test: the sender is told"),
        Row("Z", "", note="no patient: the sender is told"),
    ),
)
ORDER_CONTROL = CodeMap(
    "v2-0119",
    "HL7 table 0119",
    "",
    (
        *_rows(active="NW OK AF PR PY RO RL"),
        *_rows(revoked="CR DC DF DR OC OD"),
        *_rows(on_hold="HR OH"),
        Row("FU", "completed"),
        Row("CA", "revoked", note="the guide says active, a request only; here the order is over"),
        Row("HD", "on-hold", note="the guide says active; here the order waits"),
        Row("RP", "revoked", note=f"{OURS}: replaced by the RO that follows"),
        Row("RQ", "revoked", note="the guide says active; the order named is the replaced one"),
        *(Row(code, "revoked", note=OURS) for code in ("RU",)),
        *(Row(code, "active", note=OURS) for code in ("SN", "OE", "OR", "RF", "OF")),
        *(
            Row(code, "", note="says nothing of the status")
            for code in (
                *("CH", "CN", "CP", "DE", "LI", "MC", "NA", "OP", "PA", "RE", "RR", "SC", "SR"),
                *("SS", "UA", "UC", "UD", "UF", "UH", "UM", "UN", "UR", "UX", "XO", "XR", "XX"),
            )
        ),
    ),
)
ORDER_INTENT = CodeMap(
    "v2-0065",
    "HL7 table 0065",
    "",
    (
        Row("A", "filler-order", note=f"{OURS}: added by the laboratory"),
        Row("G", "reflex-order", note=f"{OURS}: reflex"),
        *(Row(code, "order") for code in ("L", "O", "P", "R", "S")),
    ),
)
PRIORITY = CodeMap(
    "v2-0485-request",
    "HL7 table 0485",
    "",
    (
        *_rows(stat="S", asap="A", routine="R"),
        *(Row(code, "", note="no priority of FHIR") for code in ("P", "C", "T", "PRN")),
    ),
)
DOCUMENT_RESULT = CodeMap(
    "v2-0085-document",
    "HL7 table 0085",
    "",
    (
        *_rows(final="F U V", preliminary="P R S I", amended="C A B"),
        *_rows(entered_in_error="D W X"),
        *(Row(code, "", note="no document") for code in ("N", "O")),
    ),
)
YES_NO = CodeMap("v2-0136", "HL7 table 0136", "", _rows(true="Y YES 1 T", false="N NO 0 F"))
SPECIMEN_STATUS = CodeMap(
    "v2-0136-specimen", "HL7 table 0136", "", _rows(available="Y", unavailable="N")
)
ADDRESS_USE = CodeMap(
    "v2-0190", "HL7 table 0190", "", _rows(home="H", work="B O", temp="C", old="BA", billing="BI")
)
ADDRESS_TYPE = CodeMap("v2-0190-type", "HL7 table 0190", "", _rows(postal="M SH"))
NAME_USE = CodeMap(
    "v2-0200",
    "HL7 table 0200",
    "",
    _rows(
        official="L R",
        usual="D",
        maiden="M",
        nickname="N",
        old="BAD",
        temp="TEMP NAV",
        anonymous="MSK",
    ),
)
TELECOM_USE = CodeMap("v2-0201", "HL7 table 0201", "", _rows(home="PRN", work="WPN", mobile="PRS"))
TELECOM_SYSTEM = CodeMap(
    "v2-0202",
    "HL7 table 0202",
    "",
    (
        *_rows(phone="PH CP SAT", fax="FX", email="Internet X.400", pager="BP"),
        Row("MD", "other"),
        Row("TDD", "other"),
        Row("TTY", "other"),
    ),
)
SECTION = CodeMap("v2-0074", "HL7 table 0074", f"{TERMINOLOGY}/v2-0074", (), keep_unknown=True)
MAPS = (
    GENDER,
    MARITAL_STATUS,
    PATIENT_CLASS,
    ORDER_STATUS,
    SECTION,
    INTERPRETATION,
    OBSERVATION_STATUS,
    REPORT_STATUS,
    ORDER_CONTROL,
    ORDER_INTENT,
    PRIORITY,
    DOCUMENT_RESULT,
    YES_NO,
    SPECIMEN_STATUS,
    ADDRESS_USE,
    ADDRESS_TYPE,
    NAME_USE,
    TELECOM_USE,
    TELECOM_SYSTEM,
)
CODES = index_maps(MAPS)
