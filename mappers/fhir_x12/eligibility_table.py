"""270 and 271 both ways: people, questions and benefits, segment by segment; rows only."""

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12.system import (
    BENEFIT_INFORMATION,
    BENEFIT_LEVEL,
    BENEFIT_NETWORK,
    BENEFIT_PERIOD,
    REFERENCE_QUALIFIER,
    SERVICE_TYPE,
)
from mappers.fhir_x12.twin import Part, SegmentTwin, Twin, documented

_DETAIL = f"extension[url={ext.BENEFIT}]"


def _part(name: str, value: str) -> str:
    return f"extension[url={name}].{value}"


def _detail(name: str, value: str) -> str:
    """Return the path of a part of what a benefit says beyond its R4 elements."""
    return f"{_DETAIL}.extension[url={name}].{value}"


def reference(loop: str, url: str = ext.REFERENCE) -> SegmentTwin:
    """Return the table of REF: a number, and a name of the plan or group it may bear."""
    rows = (
        Twin("REF01", "valueIdentifier.type.coding[0].code"),
        Twin("REF02", "valueIdentifier.value"),
        Twin("REF03", "valueIdentifier.type.text", "text"),
    )
    fixed = (("url", url), ("valueIdentifier.type.coding[0].system", REFERENCE_QUALIFIER))
    return SegmentTwin(f"{loop} REF", (Part("extension[]", rows, fixed),), repeats=True)


def dates(loop: str) -> SegmentTwin:
    """Return the table of DTP: a day is a period that ends as it starts."""
    rows = (
        Twin("DTP01", _part("qualifier", "valueCode")),
        Twin("DTP02", _part("format", "valueCode")),
        Twin("DTP03", _part("value", "valuePeriod"), "span"),
    )
    return SegmentTwin(
        f"{loop} DTP", (Part("extension[]", rows, (("url", ext.PERIOD),)),), repeats=True
    )


def contact(loop: str) -> SegmentTwin:
    """Return the table of PER."""
    telecom = _part("detail", "valueContactDetail.telecom")
    rows = tuple(
        row
        for at, position in enumerate((3, 5, 7))
        for row in (
            Twin(f"PER{position:02d}", f"{telecom}[{at}].system", "contact-system"),
            Twin(f"PER{position + 1:02d}", f"{telecom}[{at}].value", "text"),
        )
    )
    head = (
        Twin("PER01", _part("function", "valueCode")),
        Twin("PER02", _part("detail", "valueContactDetail.name"), "text"),
    )
    part = Part("extension[]", (*head, *rows), (("url", ext.CONTACT),))
    return SegmentTwin(f"{loop} PER", (part,), repeats=True)


def rejection(loop: str) -> SegmentTwin:
    """Return the table of AAA: why there is no answer, and what to do."""
    rows = (
        Twin("AAA01", _part("valid", "valueCode"), note="Y: the request itself was in order"),
        Twin("AAA03", _part("reason", "valueCode")),
        Twin("AAA04", _part("follow-up", "valueCode")),
    )
    part = Part("extension[]", rows, (("url", ext.REJECTION),))
    return SegmentTwin(f"{loop} AAA", (part,), repeats=True)


def name(loop: str) -> SegmentTwin:
    """Return the table of NM1."""
    return SegmentTwin(
        f"{loop} NM1",
        (
            Part(
                "",
                (
                    Twin("NM101", _part("role", "valueCode")),
                    Twin("NM102", _part("kind", "valueCode"), note="1 a person, 2 no person"),
                    Twin("NM103", _part("name", "valueHumanName.family"), "text"),
                    Twin("NM104", _part("name", "valueHumanName.given[0]"), "text"),
                    Twin("NM105", _part("middle-name", "valueString"), "text"),
                    Twin("NM107", _part("name", "valueHumanName.suffix[0]"), "text"),
                    Twin("NM108", _part("identifier", "valueIdentifier.type.coding[0].code")),
                    Twin("NM109", _part("identifier", "valueIdentifier.value")),
                    Twin("NM110", _part("relationship", "valueCode")),
                ),
            ),
        ),
        note="An organization's name is held as family name.",
    )


def address(loop: str) -> tuple[SegmentTwin, SegmentTwin]:
    """Return the tables of N3 and N4."""
    at = "extension[url=address].valueAddress"
    street = (Twin("N301", f"{at}.line[0]", "text"), Twin("N302", f"{at}.line[1]", "text"))
    city = (
        Twin("N401", f"{at}.city", "text"),
        Twin("N402", f"{at}.state"),
        Twin("N403", f"{at}.postalCode"),
        Twin("N404", f"{at}.country"),
        Twin("N405", _part("location-kind", "valueCode")),
        Twin("N406", _part("location", "valueString")),
        Twin("N407", f"{at}.district"),
    )
    return (
        SegmentTwin(f"{loop} N3", (Part("", street),)),
        SegmentTwin(f"{loop} N4", (Part("", city),)),
    )


def provider(loop: str) -> SegmentTwin:
    """Return the table of PRV."""
    rows = (
        Twin("PRV01", _part("provider-role", "valueCode")),
        Twin("PRV02", _part("specialty-kind", "valueCode")),
        Twin("PRV03", _part("specialty", "valueCode")),
    )
    return SegmentTwin(f"{loop} PRV", (Part("", rows),))


def _diagnoses(loop: str) -> SegmentTwin:
    rows = tuple(
        Twin(f"HI{at:02d}-{component}", _part(f"diagnosis{at}-{word}", "valueCode"))
        for at in range(1, 9)
        for component, word in ((1, "kind"), (2, "code"))
    )
    return SegmentTwin(f"{loop} HI", (Part("", rows),))


_MILITARY = tuple(
    Twin(f"MPI{at:02d}", _part(f"MPI{at:02d}", "valueString"), "text") for at in range(1, 8)
)
PARTY = (
    name("2100"),
    reference("2100"),
    *address("2100"),
    contact("2100"),
    rejection("2100"),
    provider("2100"),
    SegmentTwin(
        "2100 DMG",
        (
            Part(
                "",
                (
                    Twin("DMG01", _part("birth-format", "valueCode")),
                    Twin("DMG02", _part("birth-date", "valueDate"), "day"),
                    Twin("DMG03", _part("gender", "valueCode"), "gender"),
                ),
            ),
        ),
    ),
    SegmentTwin(
        "2100 INS",
        (
            Part(
                "",
                (
                    Twin("INS01", _part("insured", "valueCode"), note="Y: is the subscriber"),
                    Twin("INS02", _part("relation", "valueCode")),
                    Twin("INS03", _part("change", "valueCode"), note="what was corrected"),
                    Twin("INS04", _part("change-reason", "valueCode")),
                    Twin("INS17", _part("birth-order", "valuePositiveInt"), "whole"),
                ),
            ),
        ),
    ),
    _diagnoses("2100"),
    dates("2100"),
    SegmentTwin(
        "2100 MPI",
        (Part("extension[]", _MILITARY, (("url", ext.MILITARY),)),),
        repeats=True,
    ),
)
TRACE = SegmentTwin(
    "2000 TRN",
    (
        Part(
            "extension[]",
            (
                Twin("TRN01", _part("kind", "valueCode"), note="1 ours, 2 come back"),
                Twin("TRN02", _part("number", "valueString")),
                Twin("TRN03", _part("originator", "valueString")),
                Twin("TRN04", _part("division", "valueString")),
            ),
            (("url", ext.TRACE),),
        ),
    ),
    repeats=True,
)
_PLACE = SegmentTwin(
    "2115 III",
    (
        Part(
            "extension[]",
            (
                Twin("III01", _part("list", "valueCode")),
                Twin("III02", _part("code", "valueCode")),
                Twin("III03", _part("category", "valueCode")),
                Twin("III04", _part("text", "valueString"), "text"),
            ),
            (("url", ext.PLACE),),
        ),
    ),
    repeats=True,
)


def _procedure(element: str) -> tuple[Twin, ...]:
    return (
        Twin(f"{element}-1", _detail("procedure-kind", "valueCode")),
        Twin(f"{element}-2", "productOrService.coding[0].code"),
        *(Twin(f"{element}-{at + 3}", f"modifier[{at}].coding[0].code") for at in range(4)),
        Twin(f"{element}-8", _detail("procedure-end", "valueCode"), note="the last of a range"),
    )


def _pointers(element: str) -> tuple[Twin, ...]:
    return tuple(
        Twin(f"{element}-{at}", _detail(f"diagnosis-pointer{at}", "valuePositiveInt"), "whole")
        for at in range(1, 5)
    )


QUESTION = (
    SegmentTwin(
        "2110 EQ",
        (
            Part(
                "",
                (
                    *_procedure("EQ02"),
                    Twin("EQ03", _detail("level", "valueCode")),
                    *_pointers("EQ05"),
                ),
            ),
        ),
        note="The service types of EQ01 are items of their own, in category.",
    ),
    SegmentTwin(
        "2110 AMT",
        (
            Part(
                "extension[]",
                (
                    Twin("AMT01", _part("qualifier", "valueCode")),
                    Twin("AMT02", _part("value", "valueMoney"), "money"),
                ),
                (("url", ext.AMOUNT),),
            ),
        ),
        repeats=True,
    ),
    _PLACE,
    reference("2110"),
    dates("2110"),
)
BENEFIT = (
    SegmentTwin(
        "2110 EB",
        (
            Part(
                "benefit[]",
                (
                    Twin("EB01", "type.coding[0].code"),
                    Twin("EB07", "allowedMoney", "money", "what remains, where EB06 is 29"),
                ),
                (("type.coding[0].system", BENEFIT_INFORMATION),),
            ),
            Part("unit", (Twin("EB02", "coding[0].code"),), (("coding[0].system", BENEFIT_LEVEL),)),
            Part(
                "term", (Twin("EB06", "coding[0].code"),), (("coding[0].system", BENEFIT_PERIOD),)
            ),
            Part(
                "network",
                (Twin("EB12", "coding[0].code"),),
                (("coding[0].system", BENEFIT_NETWORK),),
            ),
            Part(
                "",
                (
                    Twin("EB04", _detail("insurance-type", "valueCode")),
                    Twin("EB05", "name", "text"),
                    Twin("EB08", _detail("percent", "valueDecimal"), "number", "0.2 is 20 %"),
                    Twin("EB09", _detail("quantity-kind", "valueCode")),
                    Twin("EB10", _detail("quantity", "valueDecimal"), "number"),
                    Twin("EB11", _detail("authorization", "valueCode")),
                    *_procedure("EB13"),
                    *_pointers("EB14"),
                ),
            ),
        ),
        note="Each service type of EB03 is an item of its own, in category.",
    ),
    SegmentTwin(
        "2110 HSD",
        (
            Part(
                "extension[]",
                (
                    Twin("HSD01", _part("quantity-kind", "valueCode")),
                    Twin("HSD02", _part("quantity", "valueDecimal"), "number"),
                    Twin("HSD03", _part("unit", "valueCode")),
                    Twin("HSD04", _part("every", "valueDecimal"), "number"),
                    Twin("HSD05", _part("period", "valueCode")),
                    Twin("HSD06", _part("periods", "valueDecimal"), "number"),
                    Twin("HSD07", _part("pattern", "valueCode")),
                    Twin("HSD08", _part("time", "valueCode")),
                ),
                (("url", ext.DELIVERY),),
            ),
        ),
        repeats=True,
    ),
    reference("2110"),
    dates("2110"),
    rejection("2110"),
    SegmentTwin(
        "2110 MSG",
        (Part("extension[]", (Twin("MSG01", "valueString", "text"),), (("url", ext.MESSAGE),)),),
        repeats=True,
        note="All messages together are the description.",
    ),
)
RELATED = (name("2120"), *address("2120"), contact("2120"), provider("2120"))
DOCUMENTED = (
    *documented("extension (eligibility-party)", PARTY),
    *documented("CoverageEligibilityRequest, CoverageEligibilityResponse", (TRACE,)),
    *documented("CoverageEligibilityRequest.item", QUESTION),
    *documented("CoverageEligibilityResponse.insurance.item", (*BENEFIT, _PLACE)),
    *documented("extension (eligibility-party)", RELATED),
)
PLACE = _PLACE
CATEGORY = SERVICE_TYPE
