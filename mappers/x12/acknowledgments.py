"""Answer an interchange: TA1 and 999 built from the findings of syntax and guide.

An acknowledgment is never acknowledged. Reading answers is in `responses`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal

from mappers.x12.diagnosis import NOT_USED
from mappers.x12.dictionary import DEFINITIONS
from mappers.x12.envelope import (
    Group,
    GroupHeader,
    Interchange,
    InterchangeHeader,
    TransactionSet,
)
from mappers.x12.findings import Finding, verdict
from mappers.x12.pattern import TIME
from mappers.x12.sets import ACKNOWLEDGMENT_999
from mappers.x12.tree import Node, Seg, node, seg
from mappers.x12.writer import Envelope, NotWritable, SetBody, enclose, set_segments

_ID_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_TIME = re.compile(TIME)
_SET_VERDICTS = {"accepted": "A", "accepted-with-errors": "E", "rejected": "R"}
_MOST_ERRORS = 500


def acknowledge(
    received: Interchange,
    *,
    interchange_control: int,
    group_control: int,
    written: datetime,
) -> bytes | None:
    """Return our answer to one interchange: a TA1 where asked for or due, a 999 set per group.

    None if there is nothing to answer: acknowledgments only, no ISA to address, or an ISA whose
    sender cannot be addressed.
    """
    groups = [one for one in received.groups if one.header.functional_id != "FA"]
    has_only_answers = received.acknowledgments or received.groups
    if received.opening is None or (has_only_answers and not groups):
        return None
    first = groups[0].header if groups else None
    envelope = answer_envelope(received.header, first, interchange_control, group_control, written)
    try:
        return _written(received, groups, envelope)
    except NotWritable:
        return None


def _written(received: Interchange, groups: Sequence[Group], envelope: Envelope) -> bytes:
    answer = interchange_verdict(received)
    answers: list[str] = []
    if received.header.acknowledgment_requested == "1" or answer[0] == "R":
        answers.append(_ta1(received, answer, envelope))
    if answer[0] == "R":
        groups = ()
    sets = [
        set_segments(
            ACKNOWLEDGMENT_999,
            SetBody(f"{number:04d}", acknowledgment(group)),
            envelope.delimiters,
        )
        for number, group in enumerate(groups, 1)
        if group.opening is not None
    ]
    return enclose(envelope, ACKNOWLEDGMENT_999, sets, answers)


def interchange_verdict(received: Interchange) -> tuple[Literal["A", "E", "R"], str]:
    """Return TA104 and TA105: what the envelope says, and sets that stand in no group."""
    groupless = (one.findings for one in received.groups if one.opening is None)
    told = [one for some in (received.findings, *groupless) for one in some if one.report == "TA1"]
    if not told:
        return "A", "000"
    errors = [one for one in told if one.severity == "error"]
    return ("R", errors[0].code) if errors else ("E", told[0].code)


def acknowledgment(group: Group) -> Node:
    """Return the 999 (its root loop) that answers one functional group."""
    header = group.header
    sets = [_set_loop(one) for one in group.sets]
    verdicts = [_set_verdict(one) for one in group.sets]
    codes = _codes((*group.findings, *(f for one in group.sets for f in one.findings)), "AK9")
    is_refused = verdict(group.findings) == "rejected" or bool(codes)
    accepted = 0 if is_refused else sum(one in "AE" for one in verdicts)
    stated = group.trailer.element(1) if group.trailer else ""
    included = int(stated) if _digits(stated) and len(stated) < 7 else len(sets)
    counts = (included, len(sets), accepted)
    closing = seg("AK9", _group_verdict(verdicts, accepted), *counts, *codes)
    opening = seg("AK1", header.functional_id, header.control, header.version or None)
    return node("999", [opening, closing], sets)


def _group_verdict(verdicts: Sequence[str], accepted: int) -> str:
    if not accepted:
        return "R"
    if accepted < len(verdicts):
        return "P"
    return "E" if "E" in verdicts else "A"


def _set_verdict(one: TransactionSet) -> str:
    return _SET_VERDICTS[verdict(one.findings)] if one.guide else "R"


def _set_loop(one: TransactionSet) -> Node:
    """Return loop 2000: which set, its errors in the order of its segments, its verdict."""
    header = one.header
    errors = list(_segment_errors(one))[:_MOST_ERRORS]
    codes = _codes(one.findings, "IK5")
    if not one.guide and "1" not in codes:
        codes.append("1")
    told = [found for found in one.findings if found.report in {"IK3", "IK4"}]
    if any(found.code[:1] != "I" for found in told):
        codes.append("5")
    if any(found.code[:1] == "I" for found in told):
        codes.append("I5")
    opening = seg("AK2", header.id[:3], header.control[:9], header.version or None)
    return node("2000", [opening, seg("IK5", _set_verdict(one), *codes[:5])], errors)


def _codes(findings: Sequence[Finding], report: str) -> list[str]:
    """Return the distinct codes of one acknowledgment segment, at most five."""
    codes = dict.fromkeys(one.code for one in findings if one.report == report and one.code)
    return list(codes)[:5]


def _segment_errors(one: TransactionSet) -> Iterator[Node]:
    """Yield a loop 2100 for every segment in error, and for every missing one."""
    start = one.segments[0].ordinal
    told = [found for found in one.findings if found.report in {"IK3", "IK4"} and found.ordinal]
    told.sort(key=lambda found: (found.ordinal or 0, found.report))
    for (ordinal, segment), group in groupby(told, key=lambda f: (f.ordinal or 0, _named(f))):
        if not 2 <= len(segment) <= 3 or not _ID_LETTERS.issuperset(segment):
            continue
        found = list(group)
        elements = [one for one in found if one.report == "IK4"]
        position = ordinal - start + 1
        for own in (one for one in found if one.report == "IK3"):
            yield node("2100", [_ik3(own, position, own.code), *_contexts(own, position)])
        if elements:
            opening = [_ik3(elements[0], position, "8"), *_business_unit(elements[0])]
            yield node("2100", opening, [_element_error(one, position) for one in elements])


def _named(found: Finding) -> str:
    """Return the segment an error names: the one that is missing, else the one it stands at."""
    return found.missing or found.segment


def _element_error(found: Finding, position: int) -> Node:
    return node("2110", [_ik4(found), *_trigger(found, position)])


def _contexts(found: Finding, position: int) -> Iterator[Seg]:
    yield from _business_unit(found)
    yield from _trigger(found, position)


def _trigger(found: Finding, position: int) -> Iterator[Seg]:
    """Yield what an implementation's condition hangs on; nothing for other errors."""
    if found.code[:1] != "I" or found.code == NOT_USED.code:
        return
    element = (found.element, found.component) if found.element else None
    yield seg("CTX", "SITUATIONAL TRIGGER", found.segment, position, _loop(found), element)


def _business_unit(found: Finding) -> Iterator[Seg]:
    """Yield the claim an error belongs to, by its CLM01; the 999 knows no name for a payment."""
    if found.unit and not found.loop.startswith("21"):
        yield seg("CTX", ("CLM01", found.unit[:35]))


def _ik3(found: Finding, position: int, code: str) -> Seg:
    return seg("IK3", _named(found), position, _loop(found), code)


def _loop(found: Finding) -> str | None:
    """Return the loop as the 999 takes it: of its name only four characters (element 447)."""
    return found.loop[:4] if found.loop[:1] in {"1", "2"} and len(found.loop) != 3 else None


def _ik4(found: Finding) -> Seg:
    position = (found.element, found.component, found.repeat)
    return seg("IK4", position, _element_number(found), found.code)


def _element_number(found: Finding) -> int | None:
    """Return the data element number, where the dictionary knows the element."""
    definition = DEFINITIONS.get(found.segment)
    if definition is None or not found.element or found.element > len(definition.elements):
        return None
    element = definition.elements[found.element - 1]
    if found.component and found.component <= len(element.components):
        element = element.components[found.component - 1]
    return element.number if not element.components and element.number else None


def _ta1(received: Interchange, answer: tuple[str, str], envelope: Envelope) -> str:
    header = received.header
    control = header.control if _digits(header.control) else "0"
    date = header.date if _digits(header.date, 6) else "000000"
    time = header.time if _TIME.fullmatch(header.time[:4]) else "0000"
    elements = ("TA1", control.zfill(9)[-9:], date, time[:4], *answer)
    return envelope.delimiters.element.join(elements)


def _digits(text: str, length: int = 0) -> bool:
    return text.isascii() and text.isdigit() and (not length or len(text) == length)


def answer_envelope(
    header: InterchangeHeader,
    group: GroupHeader | None,
    interchange_control: int,
    group_control: int,
    written: datetime,
) -> Envelope:
    """Return the envelope of an answer: sender and receiver change places."""
    return Envelope(
        sender_qualifier=header.receiver_qualifier,
        sender=header.receiver,
        receiver_qualifier=header.sender_qualifier,
        receiver=header.sender,
        interchange_control=interchange_control,
        group_control=group_control,
        written=written,
        usage="T" if header.usage == "T" else "P",
        group_sender=group.receiver if group else "",
        group_receiver=group.sender if group else "",
    )
