"""Claim.item and loop 2400 of the 837, segment by segment, both ways: rows only, no steps."""

from mappers.fhir_x12.claim_table import AMBULANCE, CONDITIONS, CONTRACT, FILE_INFORMATION, PRICING
from mappers.fhir_x12.segment import (
    LoopMap,
    Row,
    Segment,
    at,
    defaulted,
    either,
    fixed,
    must,
    needed,
    segment,
)
from mappers.fhir_x12.structured import parts, reference_extension, structured
from mappers.fhir_x12.system import (
    NDC,
    PLACE_OF_SERVICE,
    PROGRAM,
    REVENUE,
    TOOTH,
    extension,
)

_PLACE = f"locationCodeableConcept.coding[system={PLACE_OF_SERVICE}].code"
_DESCRIBED = (f"{extension('procedure-description')}.valueString", "productOrService.text")


def procedure(element: str, subject: str = "") -> tuple[Row, ...]:
    """Return the composite of a procedure: kind, code, four modifiers in order."""
    return (
        defaulted("HC", f"{element}-1", f"{subject}productOrService.kind", note="from the system"),
        must(f"{element}-2", f"{subject}productOrService.coding[0].code"),
        *(
            at(f"{element}-{number + 3}", f"{subject}modifier[{number}].coding[0].code")
            for number in range(4)
        ),
    )


_POINTERS = tuple(
    (at if number else must)(
        f"SV107-{number + 1}",
        f"diagnosisSequence[{number}]",
        form="integer",
        note="as the position of that diagnosis in HI",
    )
    for number in range(4)
)
SERVICE = needed(
    "SV1",
    *procedure("SV101"),
    at("SV101-7", *_DESCRIBED, form="text"),
    must("SV102", "net", form="money"),
    defaulted("UN", "SV103", "quantity.code", form="unit"),
    defaulted("1", "SV104", "quantity.value", form="number"),
    at("SV105", _PLACE, note="where it is not the place of the claim"),
    *_POINTERS,
    at("SV109", f"{extension('emergency')}.valueBoolean", form="yes"),
    at("SV111", "epsdt", form="yes", note=f"programCode epsdt of {PROGRAM}"),
    at("SV112", "familyPlanning", form="yes", note="programCode family-planning"),
    at("SV115", f"{extension('copay-exempt')}.valueBoolean", form="zero"),
    note="The procedure is the coding of CPT or HCPCS, else the first one.",
)
REVENUE_SERVICE = needed(
    "SV2",
    must("SV201", f"revenue.coding[system={REVENUE}].code", "revenue.coding[0].code"),
    at("SV202-1", "productOrService.kind"),
    at("SV202-2", "productOrService.coding[0].code"),
    *(at(f"SV202-{number + 3}", f"modifier[{number}].coding[0].code") for number in range(4)),
    at("SV202-7", *_DESCRIBED, form="text"),
    must("SV203", "net", form="money"),
    defaulted("UN", "SV204", "quantity.code", form="unit"),
    defaulted("1", "SV205", "quantity.value", form="number"),
    at("SV207", f"{extension('non-covered-charge')}.valueMoney", form="money"),
    note="A line without a procedure has productOrService not-applicable.",
)
DENTAL_SERVICE = needed(
    "SV3",
    defaulted("AD", "SV301-1", "productOrService.kind"),
    *procedure("SV301")[1:],
    at("SV301-7", *_DESCRIBED, form="text"),
    must("SV302", "net", form="money"),
    at("SV303", _PLACE),
    *(
        at(f"SV304-{number + 1}", f"{extension('oral-cavity', f'area-{number + 1}')}.valueCode")
        for number in range(5)
    ),
    at("SV305", f"{extension('prosthesis')}.valueCode"),
    defaulted("1", "SV306", "quantity.value", form="number"),
    *(
        at(f"SV311-{number + 1}", f"diagnosisSequence[{number}]", form="integer")
        for number in range(4)
    ),
)
TEETH = segment(
    "TOO",
    fixed("TOO01", "JP"),
    at("TOO02", f"bodySite.coding[system={TOOTH}].code"),
    *(at(f"TOO03-{number + 1}", f"subSite[{number}].coding[0].code") for number in range(5)),
    note="the first tooth and its surfaces; further teeth are the extension tooth",
)
MORE_TEETH = segment(
    "TOO",
    fixed("TOO01", "JP"),
    at("TOO02", "extension[url=number].valueCode"),
    at("TOO03-1", "extension[url=surface-1].valueCode"),
    at("TOO03-2", "extension[url=surface-2].valueCode"),
    at("TOO03-3", "extension[url=surface-3].valueCode"),
    at("TOO03-4", "extension[url=surface-4].valueCode"),
    at("TOO03-5", "extension[url=surface-5].valueCode"),
    each=extension("tooth"),
)
EQUIPMENT = segment(
    "SV5",
    fixed("SV501-1", "HC"),
    at("SV501-2", f"{extension('equipment', 'procedure')}.valueCode"),
    at("SV502", f"{extension('equipment', 'unit')}.valueCode"),
    at("SV503", f"{extension('equipment', 'days')}.valueDecimal", form="number"),
    at("SV504", f"{extension('equipment', 'rental')}.valueDecimal", form="number"),
    at("SV505", f"{extension('equipment', 'purchase')}.valueDecimal", form="number"),
    at("SV506", f"{extension('equipment', 'frequency')}.valueCode"),
)
_PAPERWORK = structured(
    "PWK",
    "line-attachment",
    *parts("01 type code", "02 transmission code", "05 control-kind code", "06 control token"),
    each=True,
)
_EQUIPMENT_CERTIFICATE = structured(
    "CR3",
    "equipment-certification",
    *parts("01 type code", "02 unit code", "03 length number"),
)


def _serviced(*choices: tuple[str, ...], is_needed: bool) -> Segment:
    rows = (
        fixed("DTP01", "472"),
        either("DTP02", "DTP03", *choices, required=is_needed),
    )
    return Segment("DTP", rows, needed=is_needed, note="hours within one day are that day")


_SERVICED = (
    ("D8", "servicedDate", "date"),
    ("RD8", "servicedPeriod", "span"),
    ("D8", "servicedPeriod", "start"),
)
_LINE_DATES = segment(
    "DTP",
    fixed("DTP01", "471", "607", "463", "461", "304", "738", "739", "011", "455", "454", "452"),
    at("DTP01", "extension[url=qualifier].valueCode"),
    either(
        "DTP02",
        "DTP03",
        ("D8", "extension[url=date].valueDate", "date"),
        ("RD8", "extension[url=period].valuePeriod", "span"),
    ),
    each=extension("line-date"),
)
_TREATMENT_DATES = segment(
    "DTP",
    fixed("DTP01", "139", "441", "446", "196", "198"),
    at("DTP01", "extension[url=qualifier].valueCode"),
    either("DTP02", "DTP03", ("D8", "extension[url=date].valueDate", "date")),
    each=extension("line-date"),
)
_QUANTITY = structured("QTY", "line-quantity", *parts("01 kind code", "02 value number"), each=True)
_RESULT = structured(
    "MEA",
    "test-result",
    *parts("01 kind code", "02 measure code", "03 value number"),
    each=True,
)
_CONTROL = segment(
    "REF",
    fixed("REF01", "6R"),
    at("REF02", "lineControlNumber", note="extension, else the claim's number and the sequence"),
)
_LINE_REFERENCES = reference_extension(
    "9A", "9B", "9C", "9D", "G1", "EW", "X4", "F4", "BT", "9F", "G3"
)


def _amount(code: str, name: str) -> Segment:
    return segment(
        "AMT", fixed("AMT01", code), at("AMT02", f"{extension(name)}.valueMoney", form="money")
    )


_NOTE = structured("NTE", "line-note", *parts("01 kind code", "02 text string"), each=True)
_PURCHASED = structured("PS1", "purchased-service", *parts("01 supplier token", "02 charge number"))
PROFESSIONAL_LINE = LoopMap(
    "2400",
    "Claim.item",
    (
        SERVICE,
        EQUIPMENT,
        _PAPERWORK,
        AMBULANCE,
        _EQUIPMENT_CERTIFICATE,
        CONDITIONS,
        _serviced(*_SERVICED, is_needed=True),
        _LINE_DATES,
        _QUANTITY,
        _RESULT,
        CONTRACT,
        _CONTROL,
        _LINE_REFERENCES,
        _amount("T", "sales-tax"),
        _amount("F4", "postage"),
        FILE_INFORMATION,
        _NOTE,
        _PURCHASED,
        PRICING,
    ),
)
INSTITUTIONAL_LINE = LoopMap(
    "2400",
    "Claim.item",
    (
        REVENUE_SERVICE,
        _PAPERWORK,
        _serviced(*_SERVICED, is_needed=False),
        _CONTROL,
        _LINE_REFERENCES,
        _amount("GT", "service-tax"),
        _amount("N8", "facility-tax"),
        _NOTE,
        PRICING,
    ),
)
DENTAL_LINE = LoopMap(
    "2400",
    "Claim.item",
    (
        DENTAL_SERVICE,
        TEETH,
        MORE_TEETH,
        _serviced(*_SERVICED, is_needed=False),
        _LINE_DATES,
        _TREATMENT_DATES,
        _CONTROL,
        _LINE_REFERENCES,
        CONTRACT,
        _amount("T", "sales-tax"),
        FILE_INFORMATION,
        PRICING,
    ),
)
DRUG = LoopMap(
    "2410",
    "Claim.item.detail",
    (
        needed(
            "LIN",
            either(
                "LIN02",
                "LIN03",
                ("N4", f"productOrService.coding[system={NDC}].code", "ndc"),
                *(
                    (kind, f"{extension('product-number', kind.lower())}.valueString")
                    for kind in ("EN", "EO", "HI", "ON", "UK", "UP")
                ),
                required=True,
            ),
        ),
        segment(
            "CTP",
            at("CTP04", "quantity.value", form="number"),
            defaulted("UN", "CTP05-1", "quantity.code", form="unit"),
        ),
        segment(
            "REF",
            either(
                "REF01",
                "REF02",
                *(
                    (kind, f"{extension('prescription-number', kind.lower())}.valueString")
                    for kind in ("XZ", "VY")
                ),
            ),
        ),
    ),
    note="A detail of an item whose code is an NDC.",
)
FORM_LOOP = LoopMap(
    "2440",
    "Claim.item",
    (
        structured("LQ", "form-identification", *parts("01 list code", "02 form token")),
        structured(
            "FRM",
            "form-answer",
            *parts("01 question token", "02 answer yes", "03 text string", "04 date date"),
            *parts("05 percent number"),
            each=True,
        ),
    ),
    note="One extension form of the item, whose parts these are.",
)
