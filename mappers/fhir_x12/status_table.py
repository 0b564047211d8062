"""276, 277 and 277CA both ways: levels, claims and lines of a status Task; rows only."""

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12.eligibility_table import TRACE, contact, dates, name, reference
from mappers.fhir_x12.twin import Part, SegmentTwin, Twin, documented


def _part(name: str, value: str) -> str:
    return f"extension[url={name}].{value}"


def _triplet(position: int, number: str) -> tuple[Twin, ...]:
    """Return the rows of a status triplet: category, status, entity, and the list it is from."""
    words = ("category", "status", "entity", "list")
    return tuple(
        Twin(f"STC{position:02d}-{at}", _part(f"{word}{number}", "valueCode"))
        for at, word in enumerate(words, 1)
    )


STATUS = SegmentTwin(
    "2200 STC",
    (
        Part(
            "extension[]",
            (
                *_triplet(1, ""),
                Twin("STC02", _part("date", "valueDate"), "day"),
                Twin("STC03", _part("action", "valueCode"), note="WQ accepted, U rejected"),
                Twin("STC04", _part("charge", "valueMoney"), "money"),
                Twin("STC05", _part("paid", "valueMoney"), "money"),
                Twin("STC06", _part("finalized", "valueDate"), "day"),
                Twin("STC07", _part("payment-method", "valueCode")),
                Twin("STC08", _part("paid-on", "valueDate"), "day"),
                Twin("STC09", _part("payment-number", "valueString")),
                *_triplet(10, "2"),
                *_triplet(11, "3"),
                Twin("STC12", _part("text", "valueString"), "text"),
            ),
            (("url", ext.STATUS),),
        ),
    ),
    repeats=True,
)


def _qualified(id: str, url: str, value: str, using: str) -> SegmentTwin:
    rows = (
        Twin(f"{id}01", _part("qualifier", "valueCode")),
        Twin(f"{id}02", _part("value", value), using),
    )
    return SegmentTwin(f"2200 {id}", (Part("extension[]", rows, (("url", url),)),), repeats=True)


_AMOUNT = _qualified("AMT", ext.AMOUNT, "valueMoney", "money")
_QUANTITY = _qualified("QTY", ext.QUANTITY, "valueDecimal", "number")
CLAIM = (TRACE, STATUS, reference("2200"), _AMOUNT, _QUANTITY, dates("2200"))
LINE = (
    SegmentTwin(
        "2220 SVC",
        (
            Part(
                "",
                (
                    *(
                        Twin(f"SVC01-{at}", _part(word, "valueCode"))
                        for at, word in enumerate(
                            ("kind", "code", "modifier1", "modifier2", "modifier3", "modifier4"), 1
                        )
                    ),
                    Twin("SVC02", _part("charge", "valueMoney"), "money"),
                    Twin("SVC03", _part("paid", "valueMoney"), "money"),
                    Twin("SVC04", _part("revenue", "valueCode")),
                    Twin("SVC07", _part("units", "valueDecimal"), "number"),
                ),
            ),
        ),
    ),
    STATUS,
    reference("2220"),
    dates("2220"),
)
_BIRTH = (
    Twin("DMG01", _part("birth-format", "valueCode")),
    Twin("DMG02", _part("birth-date", "valueDate"), "day"),
    Twin("DMG03", _part("gender", "valueCode"), "gender"),
)
LEVEL = (SegmentTwin("2000 DMG", (Part("", _BIRTH),)),)
PARTY = (name("2100"), contact("2100"))
DOCUMENTED = (
    *documented("Task", CLAIM),
    *documented("extension (status-line)", LINE),
    *documented("extension (status-level)", LEVEL),
    *documented("extension (eligibility-party)", PARTY),
)
