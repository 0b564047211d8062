"""Why a peer or its bytes were refused before there was a message: one row a reason.

What is refused is told in the log by reason and address, and kept for an operator with the first
bytes, who sees what the peer really sent. The log never holds the bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hl7.mllp import KEPT


@dataclass(frozen=True, slots=True)
class Peer:
    """Who connected: address, port, and what its certificate says under mutual TLS."""

    host: str
    port: int
    subject: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: its id, what happened, and what to do about it."""

    id: str
    message: str
    remedy: str


REASONS: Mapping[str, Reason] = {
    reason.id: reason
    for reason in (
        Reason(
            "address",
            "The address is in none of the feed's networks.",
            "Add the sender's address to the networks of the feed.",
        ),
        Reason(
            "feed-full",
            "The feed has as many connections as it may have.",
            "Let the sender close idle connections, or raise the feed's limit.",
        ),
        Reason(
            "full",
            "The listener has as many connections as it may have.",
            "Close idle connections, or raise PARITY_MLLP_CONNECTIONS.",
        ),
        Reason(
            "handshake",
            "The TLS handshake failed.",
            "Compare the TLS versions and certificates of both sides.",
        ),
        Reason(
            "no-certificate",
            "The peer showed no certificate.",
            "Let the sender present its client certificate.",
        ),
        Reason(
            "untrusted",
            "The peer's certificate is expired, or not signed by the feed's authority.",
            "Put the certificate or its authority into the feed's authority file.",
        ),
        Reason(
            "old-tls",
            "The peer offers no version or cipher that is taken.",
            "Let the sender use TLS 1.2 or later.",
        ),
        Reason(
            "plain-on-tls",
            "The peer sent plain text to a TLS port.",
            "Switch TLS on at the sender.",
        ),
        Reason(
            "tls-on-plain",
            "The peer began TLS on a plain text port.",
            "Give the feed a certificate, or switch TLS off at the sender.",
        ),
        Reason(
            "http-on-mllp",
            "The peer sent an HTTP request to an MLLP port.",
            "Let the sender use MLLP, or the HTTP address of HL7 v2.",
        ),
        Reason(
            "pin",
            "The peer's certificate is valid, but none of those pinned for the feed.",
            "If it is the sender's, add its fingerprint to the feed's pins.",
        ),
        Reason(
            "junk",
            "Too many bytes came outside of frames.",
            "Let the sender frame messages: 0x0B, the message, 0x1C, 0x0D.",
        ),
        Reason(
            "slow-header",
            "The first segment did not arrive in time.",
            "Look for a sender that stalls; messages must be sent without pauses.",
        ),
        Reason(
            "slow-frame",
            "The message did not end in time.",
            "Look for a lost end block (0x1C 0x0D) at the sender, or a slow line.",
        ),
        Reason(
            "half-frame",
            "The connection ended within a message.",
            "The sender will send it again; look for a limit between the two sides.",
        ),
        Reason(
            "unread-answer",
            "The peer did not read the acknowledgments it was sent.",
            "Let the sender read an acknowledgment after each message.",
        ),
    )
}
HTTP_METHODS = (b"GET ", b"POST ", b"PUT ", b"HEAD ", b"OPTIONS ", b"CONNECT ")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal: the feed, the reason, the peer, and the first bytes it sent, if any.

    `detail` is the library's own word for it, without content.
    """

    feed: str
    reason: Reason
    peer: Peer
    detail: str = ""
    data: bytes = b""
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def line(self) -> str:
        """The refusal for the log: names and reasons, no content."""
        subject = f" certificate={self.peer.fingerprint[:23]}" if self.peer.fingerprint else ""
        detail = f" ({self.detail})" if self.detail else ""
        return (
            f"refused feed={self.feed} peer={self.peer.host}:{self.peer.port}{subject} "
            f"reason={self.reason.id}{detail}: {self.reason.remedy}"
        )


def refused(feed: str, reason: str, peer: Peer, detail: str = "", data: bytes = b"") -> Refusal:
    """Return the refusal of a reason, with the first bytes only."""
    return Refusal(feed, REASONS[reason], peer, detail, bytes(data[:KEPT]))


def reason_of_junk(data: bytes) -> str:
    """Return what bytes outside of frames seem to be: TLS, HTTP, or nothing that is known."""
    if data[:2] == b"\x16\x03":
        return "tls-on-plain"
    return "http-on-mllp" if data.startswith(HTTP_METHODS) else "junk"
