"""835 both ways: PaymentReconciliation and ClaimResponse, segment by segment; rows only."""

from mappers.codes import CodeMap, Row
from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12.system import (
    ADJUDICATION,
    ADJUSTMENT_GROUP,
    CLAIM_PAYMENT_TYPE,
    PATIENT_CONTROL_NUMBER,
    PAYER_CLAIM_NUMBER,
    PAYMENT_METHOD,
    PAYMENT_STATUS_EXTENSION,
    REFERENCE_QUALIFIER,
)
from mappers.fhir_x12.twin import Part, SegmentTwin, Twin, documented

STATUS = CodeMap(
    "claim-payment-status",
    "CLP02",
    "ClaimResponse.disposition",
    (
        Row("1", "processed as primary"),
        Row("2", "processed as secondary"),
        Row("3", "processed as tertiary"),
        Row("4", "denied"),
        Row("19", "processed as primary, forwarded"),
        Row("20", "processed as secondary, forwarded"),
        Row("21", "processed as tertiary, forwarded"),
        Row("22", "reversal of an earlier payment"),
        Row("23", "not the payer's claim, forwarded"),
        Row("25", "predetermination, no payment"),
    ),
)


def _ext(url: str, *parts: str) -> str:
    """Return the path of an extension, or of a part inside a complex one."""
    return ".".join(f"extension[url={one}]" for one in (url, *parts))


def _part(name: str, value: str) -> str:
    return f"extension[url={name}].{value}"


def _whole(id: str, first: int, last: int, **kinds: str) -> tuple[Twin, ...]:
    """Return rows that keep elements under their own names, amounts unless `kinds` says else."""
    rows = []
    for number in range(first, last + 1):
        name = f"{id}{number:02d}"
        using = kinds.get(name, "number")
        value = {"number": "valueDecimal", "token": "valueString", "day": "valueDate"}[using]
        rows.append(Twin(name, _part(name, value), using))
    return tuple(rows)


def _identified(place: str, note: str = "") -> SegmentTwin:
    """Return the table of REFs in a list of identifiers kept as extension."""
    return SegmentTwin(
        place,
        (
            Part(
                "extension[]",
                (
                    Twin("REF01", "valueIdentifier.type.coding[0].code"),
                    Twin("REF02", "valueIdentifier.value"),
                ),
                (
                    ("url", ext.REFERENCE),
                    ("valueIdentifier.type.coding[0].system", REFERENCE_QUALIFIER),
                ),
            ),
        ),
        repeats=True,
        note=note,
    )


def _qualified(place: str, url: str, value: str, using: str, skip: str = "") -> SegmentTwin:
    """Return the table of DTM, AMT or QTY: a qualifier and its value."""
    id = place.split()[1]
    qualifier, said = f"{id}01", f"{id}02"
    return SegmentTwin(
        place,
        (
            Part(
                "extension[]",
                (
                    Twin(qualifier, _part("qualifier", "valueCode")),
                    Twin(said, _part("value", value), using),
                ),
                (("url", url),),
            ),
        ),
        repeats=True,
        note=skip,
    )


def _contact(place: str, anchor: str) -> SegmentTwin:
    pairs = tuple(
        row
        for at, position in enumerate((3, 5, 7))
        for row in (
            Twin(
                f"PER{position:02d}",
                _part("detail", f"valueContactDetail.telecom[{at}].system"),
                "contact-system",
            ),
            Twin(
                f"PER{position + 1:02d}",
                _part("detail", f"valueContactDetail.telecom[{at}].value"),
                "text",
            ),
        )
    )
    rows = (
        Twin("PER01", _part("function", "valueCode")),
        Twin("PER02", _part("detail", "valueContactDetail.name"), "text"),
        *pairs,
    )
    return SegmentTwin(place, (Part(anchor, rows, (("url", ext.CONTACT),)),), repeats=True)


def _party(loop: str, role: str) -> tuple[SegmentTwin, ...]:
    """Return the tables of a payer's or payee's loop, whose object is the extension itself."""
    address = "extension[url=address].valueAddress"
    return (
        SegmentTwin(
            f"{loop} N1*{role}",
            (
                Part(
                    "",
                    (
                        Twin("N101", _part("role", "valueCode")),
                        Twin("N102", _part("organization", "valueString"), "text"),
                        Twin("N103", _part("identifier", "valueIdentifier.type.coding[0].code")),
                        Twin("N104", _part("identifier", "valueIdentifier.value")),
                    ),
                ),
            ),
        ),
        SegmentTwin(
            f"{loop} N3",
            (
                Part(
                    "",
                    (
                        Twin("N301", f"{address}.line[0]", "text"),
                        Twin("N302", f"{address}.line[1]", "text"),
                    ),
                ),
            ),
        ),
        SegmentTwin(
            f"{loop} N4",
            (
                Part(
                    "",
                    (
                        Twin("N401", f"{address}.city", "text"),
                        Twin("N402", f"{address}.state"),
                        Twin("N403", f"{address}.postalCode"),
                        Twin("N404", f"{address}.country"),
                        Twin("N407", f"{address}.district"),
                    ),
                ),
            ),
        ),
        _identified(f"{loop} REF"),
        _contact(f"{loop} PER", "extension[]"),
    )


REMITTANCE = (
    SegmentTwin(
        "835 BPR",
        (
            Part(
                "",
                (
                    Twin("BPR01", _ext(ext.PAYMENT, "handling") + ".valueCode"),
                    Twin("BPR02", "paymentAmount.value", "amount", "negative where BPR03 is D"),
                    Twin("BPR03", _ext(ext.PAYMENT, "direction") + ".valueCode"),
                    Twin("BPR05", _ext(ext.PAYMENT, "format") + ".valueCode"),
                    Twin("BPR06", _ext(ext.PAYMENT, "payer-bank-kind") + ".valueCode"),
                    Twin("BPR07", _ext(ext.PAYMENT, "payer-bank") + ".valueString"),
                    Twin("BPR08", _ext(ext.PAYMENT, "payer-account-kind") + ".valueCode"),
                    Twin("BPR09", _ext(ext.PAYMENT, "payer-account") + ".valueString"),
                    Twin("BPR10", _ext(ext.PAYMENT, "originator") + ".valueString"),
                    Twin("BPR11", _ext(ext.PAYMENT, "originator-supplement") + ".valueString"),
                    Twin("BPR12", _ext(ext.PAYMENT, "payee-bank-kind") + ".valueCode"),
                    Twin("BPR13", _ext(ext.PAYMENT, "payee-bank") + ".valueString"),
                    Twin("BPR14", _ext(ext.PAYMENT, "payee-account-kind") + ".valueCode"),
                    Twin("BPR15", _ext(ext.PAYMENT, "payee-account") + ".valueString"),
                    Twin("BPR16", "paymentDate", "day"),
                ),
            ),
            Part(
                "formCode",
                (Twin("BPR04", "coding[0].code"),),
                (("coding[0].system", PAYMENT_METHOD),),
            ),
        ),
    ),
    SegmentTwin(
        "835 TRN",
        (
            Part(
                "",
                (
                    Twin("TRN01", _ext(ext.PAYMENT, "trace-type") + ".valueCode"),
                    Twin("TRN02", "paymentIdentifier.value"),
                    Twin("TRN03", "paymentIssuer.identifier.value"),
                    Twin("TRN04", _ext(ext.PAYMENT, "originator-division") + ".valueString"),
                ),
            ),
        ),
    ),
    SegmentTwin(
        "835 CUR",
        (
            Part(
                "",
                (
                    Twin("CUR01", _ext(ext.PAYMENT, "currency-of") + ".valueCode"),
                    Twin("CUR02", _ext(ext.PAYMENT, "currency") + ".valueCode"),
                    Twin("CUR03", _ext(ext.PAYMENT, "exchange-rate") + ".valueDecimal", "number"),
                ),
            ),
        ),
        note="The currency of every amount; USD without it.",
    ),
    _identified("835 REF"),
    _qualified("835 DTM", ext.DATE, "valueDate", "day"),
)
PAYER: tuple[SegmentTwin, ...] = _party("1000A", "PR")
PAYEE = (
    *_party("1000B", "PE"),
    SegmentTwin(
        "1000B RDM",
        (
            Part(
                "",
                (
                    Twin("RDM01", _part("delivery", "valueCode")),
                    Twin("RDM02", _part("delivery-name", "valueString"), "text"),
                    Twin("RDM03", _part("delivery-address", "valueString"), "text"),
                ),
            ),
        ),
    ),
)
GROUP = (
    SegmentTwin("2000 LX", (Part("", (Twin("LX01", _part("number", "valueString")),)),)),
    SegmentTwin(
        "2000 TS3",
        (Part("", _whole("TS3", 1, 24, TS301="token", TS302="token", TS303="day")),),
    ),
    SegmentTwin("2000 TS2", (Part("", _whole("TS2", 1, 19)),)),
)


def _total(element: str, code: str, system: str = ADJUDICATION) -> Part:
    return Part(
        "total[]",
        (Twin(element, "amount", "money"),),
        (("category.coding[0].system", system), ("category.coding[0].code", code)),
    )


_REMARKS = {f"MIA{number:02d}": "token" for number in (5, 20, 21, 22, 23)}
_REMARKS |= {f"MOA{number:02d}": "token" for number in range(3, 8)}
CLAIM = (
    SegmentTwin(
        "2100 CLP",
        (
            Part("identifier[]", (Twin("CLP07", "value"),), (("system", PAYER_CLAIM_NUMBER),)),
            Part("identifier[]", (Twin("CLP01", "value"),), (("system", PATIENT_CONTROL_NUMBER),)),
            Part(
                "",
                (
                    Twin("CLP02", f"extension[url={PAYMENT_STATUS_EXTENSION}].valueCode"),
                    Twin("CLP06", _ext(ext.CLAIM, "filing-indicator") + ".valueCode"),
                    Twin("CLP08", _ext(ext.CLAIM, "facility-type") + ".valueCode"),
                    Twin("CLP09", _ext(ext.CLAIM, "frequency") + ".valueCode"),
                    Twin("CLP10", _ext(ext.CLAIM, "patient-status") + ".valueCode"),
                    Twin("CLP11", _ext(ext.CLAIM, "drg") + ".valueCode"),
                    Twin("CLP12", _ext(ext.CLAIM, "drg-weight") + ".valueDecimal", "number"),
                    Twin("CLP13", _ext(ext.CLAIM, "discharge-share") + ".valueDecimal", "number"),
                ),
            ),
            _total("CLP03", "submitted"),
            _total("CLP04", "benefit"),
            _total("CLP05", "PR", ADJUSTMENT_GROUP),
            Part(
                "payment",
                (Twin("CLP04", "amount", "money"),),
                (
                    ("type.coding[0].system", CLAIM_PAYMENT_TYPE),
                    ("type.coding[0].code", "complete"),
                ),
            ),
        ),
    ),
    SegmentTwin(
        "2100 NM1",
        (
            Part(
                "extension[]",
                (
                    Twin("NM101", _part("role", "valueCode")),
                    Twin("NM102", _part("kind", "valueCode"), note="1 a person, 2 no person"),
                    Twin("NM103", _part("name", "valueHumanName.family"), "text"),
                    Twin("NM104", _part("name", "valueHumanName.given[0]"), "text"),
                    Twin("NM105", _part("middle-name", "valueString"), "text"),
                    Twin("NM106", _part("name", "valueHumanName.prefix[0]"), "text"),
                    Twin("NM107", _part("name", "valueHumanName.suffix[0]"), "text"),
                    Twin("NM108", _part("identifier", "valueIdentifier.type.coding[0].code")),
                    Twin("NM109", _part("identifier", "valueIdentifier.value")),
                ),
                (("url", ext.PARTY),),
            ),
        ),
        repeats=True,
        note="Patient, insured, corrected insured, rendering provider, carriers: as the payer "
        "names them; an organization's name is held as family name.",
    ),
    SegmentTwin(
        "2100 MIA",
        (Part("extension[]", _whole("MIA", 1, 24, **_REMARKS), (("url", ext.INPATIENT),)),),
        note="Remark codes are processNotes as well.",
    ),
    SegmentTwin(
        "2100 MOA",
        (Part("extension[]", _whole("MOA", 1, 9, **_REMARKS), (("url", ext.OUTPATIENT),)),),
        note="Remark codes are processNotes as well.",
    ),
    _identified("2100 REF", "G1 is preAuthRef as well."),
    _qualified("2100 DTM", ext.DATE, "valueDate", "day"),
    _contact("2100 PER", "extension[]"),
    _qualified("2100 AMT", ext.AMOUNT, "valueMoney", "money"),
    _qualified("2100 QTY", ext.QUANTITY, "valueDecimal", "number"),
)


def _adjudication(element: str, code: str, *more: Twin) -> Part:
    return Part(
        "adjudication[]",
        (Twin(element, "amount", "money"), *more),
        (("category.coding[0].system", ADJUDICATION), ("category.coding[0].code", code)),
    )


def _procedure(position: int, name: str) -> tuple[Twin, ...]:
    """Return the rows of a procedure: qualifier, code, four modifiers, description."""
    names = ("qualifier", "code", "modifier1", "modifier2", "modifier3", "modifier4")
    head = f"SVC{position:02d}"
    return (
        *(
            Twin(f"{head}-{at}", f"{_ext(ext.SERVICE, name, part)}.valueCode")
            for at, part in enumerate(names, 1)
        ),
        Twin(f"{head}-7", f"{_ext(ext.SERVICE, name, 'description')}.valueString", "text"),
    )


SERVICE = (
    SegmentTwin(
        "2110 SVC",
        (
            _adjudication("SVC02", "submitted"),
            Part(
                "",
                (
                    *_procedure(1, "adjudicated"),
                    Twin("SVC04", _ext(ext.SERVICE, "revenue") + ".valueCode"),
                    *_procedure(6, "submitted"),
                    Twin("SVC07", _ext(ext.SERVICE, "submitted-units") + ".valueDecimal", "number"),
                ),
            ),
            _adjudication("SVC03", "benefit", Twin("SVC05", "value", "number")),
        ),
        note="A line that names no procedure is garbled: only its CAS is read.",
    ),
    SegmentTwin(
        "2110 AMT*B6",
        (_adjudication("AMT02", "eligible"),),
        only=(("AMT01", ("B6",)),),
    ),
    _identified("2110 REF", "6R is the line control number, 0K the payer's policy."),
    _qualified("2110 DTM", ext.DATE, "valueDate", "day"),
    _qualified("2110 AMT", ext.AMOUNT, "valueMoney", "money"),
    _qualified("2110 QTY", ext.QUANTITY, "valueDecimal", "number"),
)
PROVIDER = (
    Twin("PLB01", _ext(ext.PROVIDER_ADJUSTMENT, "provider") + ".valueString"),
    Twin("PLB02", _ext(ext.PROVIDER_ADJUSTMENT, "fiscal-period") + ".valueDate", "day"),
)
DOCUMENTED = (
    *documented("PaymentReconciliation", REMITTANCE),
    *documented("PaymentReconciliation.extension (remittance-party)", (*PAYER, *PAYEE)),
    *documented("PaymentReconciliation.extension (remittance-group)", GROUP),
    *documented("ClaimResponse", CLAIM),
    *documented("ClaimResponse.item, ClaimResponse.addItem", SERVICE),
)
