"""Acknowledgments in original and enhanced mode: MSH, MSA and ERR segments (v2 chapter 2.9).

Original mode answers once with AA, AE or AR. Enhanced mode (MSH-15 or MSH-16 valued) answers
with a commit code CA, CE or CR when the message is safely kept, and with an application
acknowledgment later. AE and CE mean fix or try again, AR and CR mean do not try again.
The clock and the control id are arguments, so the same input gives the same bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hl7.escape import Encoding, encode
from hl7.finding import Finding
from hl7.message import Message, NotHl7, parse

Disposition = Literal["accept", "error", "reject"]
Mode = Literal["original", "commit", "application"]

CODES: dict[tuple[Mode, Disposition], str] = {
    ("original", "accept"): "AA",
    ("original", "error"): "AE",
    ("original", "reject"): "AR",
    ("application", "accept"): "AA",
    ("application", "error"): "AE",
    ("application", "reject"): "AR",
    ("commit", "accept"): "CA",
    ("commit", "error"): "CE",
    ("commit", "reject"): "CR",
}
CONDITIONS: dict[str, tuple[Disposition, ...]] = {
    "AL": ("accept", "error", "reject"),
    "NE": (),
    "ER": ("error", "reject"),
    "SU": ("accept",),
}
SEVERITIES = {"fatal": "E", "error": "E", "warning": "W", "information": "I"}
CONDITION_TEXTS = {
    "0": "Message accepted",
    "100": "Segment sequence error",
    "101": "Required field missing",
    "102": "Data type error",
    "103": "Table value not found",
    "200": "Unsupported message type",
    "203": "Unsupported version id",
    "207": "Application internal error",
}
DEFAULT_VERSION = "2.5.1"
MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an acknowledgment says: MSA-1, MSA-2 and MSA-3, or the text of the first ERR."""

    code: str
    control_id: str
    text: str

    @property
    def accepted(self) -> bool:
        """Say whether the message was taken."""
        return self.code in {"AA", "CA"}


def mode_of(message: Message) -> Mode:
    """Return how to answer first: `commit` when MSH-15 or MSH-16 is valued, else `original`."""
    header = message.header
    return "commit" if header.raw(15) or header.raw(16) else "original"


def is_wanted(message: Message, mode: Mode, disposition: Disposition) -> bool:
    """Say whether the sender wants this answer (MSH-15 for commit, MSH-16 for application).

    An acknowledgment is never acknowledged; original mode always wants an answer.
    """
    if is_acknowledgment(message):
        return False
    if mode == "original":
        return True
    condition = message.header.value(15 if mode == "commit" else 16)
    return disposition in CONDITIONS.get(condition or "NE", CONDITIONS["AL"])


def wants_acknowledgment(message: Message) -> bool:
    """Say whether the sender wants to be told that its message is taken (MSH-15, MSH-16)."""
    modes: tuple[Mode, ...] = ("original",)
    if mode_of(message) == "commit":
        modes = ("commit", "application")
    return any(is_wanted(message, mode, "accept") for mode in modes)


def is_acknowledgment(message: Message) -> bool:
    """Say whether the message is itself a general acknowledgment."""
    return message.type[0] in {"ACK", "MCF"}


def acknowledge(
    message: Message,
    disposition: Disposition,
    *,
    control_id: str,
    now: datetime,
    mode: Mode = "original",
    findings: Sequence[Finding] = (),
    text: str = "",
) -> bytes:
    """Return the acknowledgment of a message.

    `findings` of error severity become ERR segments that name the place; `text` is MSA-3 (and
    the ERR text where there is no finding), and must hold no value of the message.
    """
    encoding = message.encoding
    lines = [
        _header(message, control_id, now),
        _join(encoding, "MSA", CODES[mode, disposition], message.control_id, text),
    ]
    if disposition != "accept":
        shown = [item for item in findings if item.kind.severity in {"fatal", "error"}]
        lines += _errors(message, shown[:MOST_ERRORS], text)
    return "".join(line + "\r" for line in lines).encode(encoding.charset, "replace")


def refuse(data: bytes, *, control_id: str, now: datetime, text: str) -> bytes:
    """Return the AR for bytes that could not be taken, addressed as far as they can be read.

    A sender that speaks enhanced mode is answered with CR.
    """
    return _turned_away(data, "reject", control_id=control_id, now=now, text=text)


def postpone(data: bytes, *, control_id: str, now: datetime, text: str) -> bytes:
    """Return the AE or CE that asks to send again later what cannot be taken now."""
    return _turned_away(data, "error", control_id=control_id, now=now, text=text)


def _turned_away(
    data: bytes, disposition: Disposition, *, control_id: str, now: datetime, text: str
) -> bytes:
    try:
        message = parse(data)
    except NotHl7:
        message = parse(rf"MSH|^~\&|||||||||P|{DEFAULT_VERSION}".encode())
    return acknowledge(
        message, disposition, control_id=control_id, now=now, mode=mode_of(message), text=text
    )


def read_receipt(data: bytes) -> Receipt:
    """Return what an acknowledgment says; raises NotHl7 where it is none."""
    message = parse(data)
    msa = message.first("MSA")
    if msa is None:
        raise NotHl7("no MSA segment")
    error = message.first("ERR")
    text = msa.value(3) or (error.value(8) if error else "")
    return Receipt(msa.value(1), msa.value(2), text)


def _header(message: Message, control_id: str, now: datetime) -> str:
    """MSH with sender and receiver swapped, the same delimiters, version and processing id."""
    old, encoding = message.header, message.encoding
    version = _line(old.raw(12)) or DEFAULT_VERSION
    fields = [""] * 19
    fields[2] = encoding.characters
    fields[3:7] = (_line(old.raw(number)) for number in (5, 6, 3, 4))
    fields[7] = stamp(now)
    fields[9] = _type(message, version)
    fields[10] = encode(control_id, encoding)
    fields[11] = _line(old.raw(11)) or "P"
    fields[12] = version
    fields[18] = _line(old.raw(18))
    while not fields[-1]:
        fields.pop()
    return "MSH" + encoding.field + encoding.field.join(fields[2:])


def _line(raw: str) -> str:
    """Return a field without the lines a broken message has after it: a segment is one line."""
    return raw.partition("\n")[0]


def stamp(now: datetime) -> str:
    """Return a moment as HL7 text: seconds, with the offset where the moment is aware."""
    return now.strftime("%Y%m%d%H%M%S%z")


def _type(message: Message, version: str) -> str:
    """MSH-9: ACK^A01^ACK; the structure came with 2.3.1, the trigger with 2.2."""
    trigger = message.header.value(9, 1, 2)
    parts = ["ACK"]
    if trigger and not version.startswith("2.1"):
        parts.append(encode(trigger, message.encoding))
        if _since(version, (2, 3, 1)):
            parts.append("ACK")
    return message.encoding.component.join(parts)


def _since(version: str, first: tuple[int, ...]) -> bool:
    numbers = version.split("^", maxsplit=1)[0].split(".")
    return not all(part.isdigit() for part in numbers) or tuple(map(int, numbers)) >= first


def _errors(message: Message, findings: Iterable[Finding], text: str) -> list[str]:
    """ERR segments: ERR-2 to ERR-8 since 2.5, ERR-1 before."""
    modern = _since(message.version or DEFAULT_VERSION, (2, 5))
    rows = [_error(message, item, modern=modern) for item in findings]
    if rows or not text:
        return rows
    encoding = message.encoding
    condition = _condition("207", encoding)
    if modern:
        return [_join(encoding, "ERR", "", "", Encoded(condition), "E", "", "", "", text)]
    parts = ["", "", "", condition.replace(encoding.component, encoding.subcomponent or " ")]
    return [_join(encoding, "ERR", Encoded(encoding.component.join(parts)))]


def _error(message: Message, finding: Finding, *, modern: bool) -> str:
    encoding = message.encoding
    occurrence = sum(
        segment.id == finding.segment for segment in message.segments[: finding.ordinal]
    )
    place = [finding.segment, str(occurrence or 1), str(finding.element or "")]
    condition = _condition(finding.kind.condition, encoding)
    if not modern:
        place.append(condition.replace(encoding.component, encoding.subcomponent or " "))
        return _join(encoding, "ERR", Encoded(encoding.component.join(place)))
    place += [str(finding.repetition or ""), str(finding.component or "")]
    location = encoding.component.join(place).rstrip(encoding.component)
    severity = SEVERITIES[finding.kind.severity]
    return _join(
        encoding,
        "ERR",
        "",
        Encoded(location),
        Encoded(condition),
        severity,
        "",
        "",
        "",
        finding.text,
    )


def _condition(code: str, encoding: Encoding) -> str:
    return encoding.component.join((code, CONDITION_TEXTS.get(code, ""), "HL70357"))


class Encoded(str):
    """Text that is already HL7: not to be escaped again."""

    __slots__ = ()


def _join(encoding: Encoding, *fields: str) -> str:
    texts = [field if isinstance(field, Encoded) else encode(field, encoding) for field in fields]
    while not texts[-1]:
        texts.pop()
    return encoding.field.join(texts)
