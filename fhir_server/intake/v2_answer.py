"""The answer to an HL7 v2 message: which acknowledgment is due, and the place of a refusal.

An acceptance is told only where the sender wants it (MSH-15, MSH-16); a refusal is always told,
since a message that is not taken must not be lost in silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hl7.acknowledgment import (
    Disposition,
    Mode,
    acknowledge,
    is_wanted,
    mode_of,
)
from hl7.finding import Finding, Kind
from hl7.message import Message
from hl7.path import find_segment, parse_address
from mappers.v2_fhir.bundle import MapError
from mappers.v2_fhir.message import UnsupportedMessage

Agreed = Literal["message", "original", "enhanced"]
UNSUPPORTED = Kind(
    "not-supported",
    2,
    "error",
    "200",
    "There is no map for this message type and event.",
    "Send a message of a type and event this receiver takes.",
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message is not taken: `error` can be mended or repeated, `reject` never will be."""

    disposition: Disposition
    reason: str
    findings: tuple[Finding, ...] = ()


def refusal_of(error: MapError, message: Message) -> Refusal:
    """Return the refusal of a message that cannot be mapped, with the place that is wrong."""
    if isinstance(error, UnsupportedMessage):
        return Refusal("reject", str(error), (_at(message, error.path, UNSUPPORTED),))
    reason = str(error).removeprefix(f"{error.path}: ")
    kind = Kind("not-mapped", 3, "error", "101", reason, "Send what the map needs.")
    return Refusal("error", str(error), (_at(message, error.path, kind),))


def refused_at(
    message: Message, path: str, reason: str, code: str, disposition: Disposition = "reject"
) -> Refusal:
    """Return the refusal of a message for what one place says, with a code of table 0357."""
    kind = Kind("not-taken", 2, "error", code, reason, "Send what was agreed for this feed.")
    return Refusal(disposition, f"{path}: {reason}", (_at(message, path, kind),))


def _at(message: Message, path: str, kind: Kind) -> Finding:
    address = parse_address(path)
    segment = find_segment(message, address)
    return Finding(
        kind,
        address.segment,
        segment.ordinal if segment else 0,
        address.field,
        address.repetition,
        address.component,
        about=path,
    )


def answer(
    message: Message,
    disposition: Disposition,
    *,
    control_id: str,
    now: datetime,
    findings: Sequence[Finding] = (),
    text: str = "",
    agreed: Agreed = "message",
) -> bytes:
    """Return the acknowledgment of a message, nothing when the sender wants none of it.

    `agreed` is the mode of the feed: as the message asks, or always one of the two.
    """
    asked = mode_of(message)
    modes: tuple[Mode, ...] = ("original",)
    if agreed == "enhanced" or (agreed == "message" and asked == "commit"):
        modes = ("commit", "application")
    mode = modes[0]
    if agreed == "message" or asked == "commit":
        wanted = [one for one in modes if is_wanted(message, one, disposition)]
        if not wanted and disposition == "accept":
            return b""
        mode = wanted[0] if wanted else modes[0]
    return acknowledge(
        message,
        disposition,
        control_id=control_id,
        now=now,
        mode=mode,
        findings=findings,
        text=text,
    )
