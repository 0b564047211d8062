"""Claim.supportingInfo and the segments of 2300 it becomes: dates, admission, codes of a stay.

The slots are R4's own categories, those of CARIN Blue Button, and ours (`claim-information`).
"""

from collections.abc import Mapping

from mappers.fhir_x12.segment import Segment, at, either, fixed, segment
from mappers.fhir_x12.system import NUBC, TOOTH, extension


def _dated(qualifier: str, category: str) -> Segment:
    """Return a date of one kind, or a period of two."""
    slot = f"supportingInfo{{category:{category}}}"
    return segment(
        "DTP",
        fixed("DTP01", qualifier),
        either(
            "DTP02",
            "DTP03",
            ("D8", f"{slot}.timingDate", "date"),
            ("RD8", f"{slot}.timingPeriod", "span"),
        ),
    )


_STAY = "supportingInfo{category:admissionperiod}.timingPeriod"
_ADMITTED = segment(
    "DTP", fixed("DTP01", "435"), either("DTP02", "DTP03", ("D8", f"{_STAY}.start", "date"))
)
_DISCHARGED = segment(
    "DTP", fixed("DTP01", "096"), either("DTP02", "DTP03", ("D8", f"{_STAY}.end", "date"))
)
_RECEIVED = _dated("050", "clmrecvddate")
_BILLED = segment(
    "DTP",
    fixed("DTP01", "434"),
    either(
        "DTP02", "DTP03", ("RD8", "billablePeriod", "statement"), ("D8", "billablePeriod", "start")
    ),
)
_ADMITTED_AT = segment(
    "DTP",
    fixed("DTP01", "435"),
    either("DTP02", "DTP03", ("DT", "admittedAt", "moment"), ("D8", f"{_STAY}.start", "date")),
    note="`admittedAt`: the day of the stay's start and the extension admission-hour",
)
_DISCHARGED_AT = segment(
    "DTP",
    fixed("DTP01", "096"),
    either(
        "DTP02",
        "DTP03",
        (
            "TM",
            f"supportingInfo{{category:admissionperiod}}.{extension('discharge-hour')}.valueTime",
            "hour",
        ),
    ),
)


def _code(category: str, system: str) -> tuple[str, str]:
    """Return where the code of an information stands: of NUBC's system, else the first one."""
    slot = f"supportingInfo{{category:{category}}}.code"
    return f"{slot}.coding[system={NUBC}/{system}].code", f"{slot}.coding[0].code"


_STAY_CODES = segment(
    "CL1",
    at("CL101", *_code("admtype", "PriorityTypeOfAdmitOrVisit")),
    at("CL102", *_code("pointoforigin", "PointOfOrigin")),
    at("CL103", *_code("discharge-status", "PatDischargeStatus")),
)
_ORTHODONTICS = segment(
    "DN1",
    at("DN101", f"{extension('orthodontics', 'months')}.valueDecimal", form="number"),
    at("DN102", f"{extension('orthodontics', 'months-left')}.valueDecimal", form="number"),
    at("DN104", f"{extension('orthodontics', 'related')}.valueString", form="text"),
)
_TOOTH_STATUS = segment(
    "DN2",
    at("DN201", f"code.coding[system={TOOTH}].code", "code.coding[0].code"),
    at("DN202", f"{extension('tooth-status')}.valueCode"),
    fixed("DN206", "JP"),
    each="supportingInfo{category:missingtooth}",
)
INFORMATION_SEGMENTS: Mapping[str, tuple[Segment, ...]] = {
    "professional": (
        _dated("431", "onset"),
        _dated("454", "initialtreatment"),
        _dated("304", "lastseen"),
        _dated("453", "acutemanifestation"),
        _dated("484", "lastmenstrualperiod"),
        _dated("455", "lastxray"),
        _dated("471", "prescriptiondate"),
        _dated("314", "disabilityperiod"),
        _dated("360", "disabilitystart"),
        _dated("361", "disabilityend"),
        _dated("297", "lastworked"),
        _dated("296", "returntowork"),
        _ADMITTED,
        _DISCHARGED,
        _dated("090", "careassumed"),
        _dated("091", "caregivenup"),
        _dated("444", "firstcontact"),
        _RECEIVED,
    ),
    "institutional": (_BILLED, _ADMITTED_AT, _DISCHARGED_AT, _RECEIVED, _STAY_CODES),
    "oral": (
        _dated("452", "applianceplaced"),
        segment(
            "DTP",
            fixed("DTP01", "472"),
            either(
                "DTP02",
                "DTP03",
                ("RD8", "billedSpan", "span"),
                ("D8", "billedDay", "date"),
            ),
            note="the day of service, where the lines do not tell it",
        ),
        _RECEIVED,
        _ORTHODONTICS,
        _TOOTH_STATUS,
    ),
}
"""The segments by the type of the claim."""
