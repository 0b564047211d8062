"""The values of a segment in a person's words: names, dates, amounts, codes we can tell."""

from collections.abc import Callable

from mappers.x12.codes.code_list import NO_LISTS, CodeLists
from mappers.x12.codes.shipped import meaning, told
from mappers.x12.lexer import Segment

_CLAIM_STATUS = {
    "1": "processed as primary",
    "2": "processed as secondary",
    "3": "processed as tertiary",
    "4": "denied",
    "19": "primary, forwarded",
    "20": "secondary, forwarded",
    "21": "tertiary, forwarded",
    "22": "reversal of an earlier payment",
    "23": "not ours, forwarded",
    "25": "predetermination",
}
_GROUPS = {"CO": "contract", "PR": "patient", "OA": "other", "PI": "payer", "CR": "correction"}
_FREQUENCIES = {"1": "original", "6": "corrected", "7": "replacement", "8": "void"}
_VERDICTS = {
    "A": "accepted",
    "E": "accepted with errors",
    "P": "partly accepted",
    "R": "rejected",
    "M": "rejected, not authentic",
    "W": "rejected, not secure",
    "X": "rejected, not readable",
}


def gloss(segment: Segment, lists: CodeLists = NO_LISTS) -> str:
    """Return the values of a segment for a person; segments without words show their elements.

    Codes bear the words of the site's lists, else ours where we have some.
    """
    coded = _CODED.get(segment.id)
    if coded is not None:
        return coded(segment, lists)
    words = _WORDS.get(segment.id)
    return words(segment) if words is not None else _plain(segment)


def day(text: str) -> str:
    """Return a date or period with its parts set apart: `2026-01-31`."""
    if len(text) == 17 and text[8] == "-":
        return f"{day(text[:8])} to {day(text[9:])}"
    if len(text) == 8 and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text


def _plain(segment: Segment) -> str:
    return " | ".join(value for value in segment.elements[1:] if value)


def _party(segment: Segment) -> str:
    given = " ".join(filter(None, (segment.element(4), segment.element(5))))
    name = ", ".join(filter(None, (segment.element(3), given)))
    return _with_id(name, segment.element(8), segment.element(9))


def _organization(segment: Segment) -> str:
    return _with_id(segment.element(2), segment.element(3), segment.element(4))


def _with_id(name: str, kind: str, number: str) -> str:
    label = {"XX": "NPI", "MI": "member", "FI": "tax id", "PI": "payer id"}.get(kind, kind)
    return f"{name} ({label} {number})".strip() if number else name


def _claim(segment: Segment) -> str:
    place, _, frequency = (*segment.components(5), "", "", "")[:3]
    kind = _FREQUENCIES.get(frequency, frequency)
    return f"{segment.element(1)}, charge {segment.element(2)}, place {place}, {kind}"


def _service(segment: Segment) -> str:
    procedure, pointers = _procedure(segment, 1), ", ".join(segment.components(7))
    text = f"{procedure}, charge {segment.element(2)}, {segment.element(4)} {segment.element(3)}"
    return f"{text}, for diagnosis {pointers}" if pointers else text


def _procedure(segment: Segment, position: int) -> str:
    parts = segment.components(position)
    modifiers = " ".join(filter(None, parts[2:6]))
    return f"{parts[1] if len(parts) > 1 else ''} {modifiers}".strip()


def _payment(segment: Segment) -> str:
    method, on = segment.element(4), day(segment.element(16))
    return f"{segment.element(2)} by {method}{' on ' if on else ''}{on}"


def _claim_payment(segment: Segment) -> str:
    status = _CLAIM_STATUS.get(segment.element(2), segment.element(2))
    amounts = f"charge {segment.element(3)}, paid {segment.element(4)}"
    share = segment.element(5)
    owed = f", patient owes {share}" if share else ""
    return f"{segment.element(1)}, {status}, {amounts}{owed}, payer's number {segment.element(7)}"


def _service_payment(segment: Segment) -> str:
    amounts = f"charge {segment.element(2)}, paid {segment.element(3)}"
    return f"{_procedure(segment, 1)}, {amounts}"


def _adjustments(segment: Segment, lists: CodeLists) -> str:
    group = _GROUPS.get(segment.element(1), segment.element(1))
    reasons = (
        f"reason {told(lists, 'carc', segment.element(at))} {segment.element(at + 1)}"
        for at in range(2, 20, 3)
        if segment.element(at)
    )
    return f"{group}: {', '.join(reasons)}"


def _remark(segment: Segment, lists: CodeLists) -> str:
    return told(lists, "rarc", segment.element(2))


def _benefit(segment: Segment, lists: CodeLists) -> str:
    kinds = ", ".join(told(lists, "service-type", one) for one in segment.repetitions(3))
    rest = (segment.element(at) for at in range(2, len(segment.elements)) if at != 3)
    return " | ".join(filter(None, (segment.element(1), kinds, *rest)))


def _question(segment: Segment, lists: CodeLists) -> str:
    kinds = [told(lists, "service-type", one) for one in segment.repetitions(1)]
    return " | ".join(filter(None, (", ".join(kinds), *segment.elements[2:])))


def _date(segment: Segment) -> str:
    return day(segment.element(3))


def _moment(segment: Segment) -> str:
    return day(segment.element(2))


def _codes(segment: Segment) -> str:
    return ", ".join(segment.component(position, 2) for position in range(1, len(segment.elements)))


def _verdict(segment: Segment) -> str:
    codes = ", ".join(filter(None, segment.elements[2:]))
    verdict = _VERDICTS.get(segment.element(1), segment.element(1))
    return f"{verdict} ({codes})" if codes else verdict


def _status(segment: Segment, lists: CodeLists) -> str:
    category, code, entity = (*segment.components(1), "", "", "")[:3]
    word = meaning(lists, "claim-status-category", category) or category
    amount = segment.element(4)
    status = told(lists, "claim-status", code)
    text = f"{word} ({category}, status {status}{', about ' if entity else ''}{entity})"
    words = f": {segment.element(12)}" if segment.element(12) else ""
    return f"{text}, amount {amount}{words}" if amount else f"{text}{words}"


def _person(segment: Segment) -> str:
    gender = {"F": "female", "M": "male", "U": "gender not told"}
    born = day(segment.element(2))
    return f"born {born}, {gender.get(segment.element(3), segment.element(3))}"


def _second(segment: Segment) -> str:
    return " ".join(filter(None, segment.elements[2:]))


def _bytes(segment: Segment) -> str:
    return f"{len(segment.elements[-1])} bytes"


_WORDS: dict[str, Callable[[Segment], str]] = {
    "NM1": _party,
    "N1": _organization,
    "CLM": _claim,
    "SV1": _service,
    "BPR": _payment,
    "CLP": _claim_payment,
    "SVC": _service_payment,
    "DTP": _date,
    "DTM": _moment,
    "HI": _codes,
    "IK5": _verdict,
    "AK9": _verdict,
    "DMG": _person,
    "REF": _second,
    "AMT": _second,
    "QTY": _second,
    "BIN": _bytes,
    "BDS": _bytes,
}
_CODED: dict[str, Callable[[Segment, CodeLists], str]] = {
    "CAS": _adjustments,
    "LQ": _remark,
    "EB": _benefit,
    "EQ": _question,
    "STC": _status,
}
