"""Where a feed's messages are taken: address, limits, transport security, who may connect.

Plain values, as a feed's record gives them; `hl7.server` opens them. MLLP release 1 answers each
message with an acknowledgment; release 2 also answers each block with a commit byte (HL7 Transport
Specification: MLLP, Release 2).
"""

from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal

from hl7.mllp import DEFAULT_LIMIT

Release = Literal[1, 2]
Network = IPv4Network | IPv6Network


class BadEndpoint(ValueError):
    """An endpoint cannot be opened as it is described; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may take: bytes a message, seconds, and connections of the feed."""

    message_bytes: int = DEFAULT_LIMIT
    header_seconds: float = 10
    frame_seconds: float = 60
    idle_seconds: float = 900
    handshake_seconds: float = 10
    connections: int = 64


@dataclass(frozen=True, slots=True)
class Tls:
    """Texts in PEM: our certificate and key, and the authority of the peers' certificates.

    With an `authority` peers must show a certificate it signed, or one that is in it itself.
    """

    certificate: bytes = b""
    key: bytes = field(default=b"", repr=False)
    authority: bytes = b""


@dataclass(frozen=True)
class Endpoint:
    """One listening address of one feed.

    `networks` are the CIDR ranges that may connect, none meaning all. `pins` are the certificates
    taken under mutual TLS, none meaning every one the authority signed: `sha256:` with the
    fingerprint, a part of the subject (`CN=lab.example`) or an alternative name
    (`DNS:lab.example`). `plain` lets others than this machine connect without TLS.
    """

    feed: str = "default"
    host: str = "127.0.0.1"
    port: int = 0
    release: Release = 1
    limits: Limits = field(default_factory=Limits)
    networks: tuple[str, ...] = ()
    tls: Tls | None = None
    pins: tuple[str, ...] = ()
    plain: bool = False

    @cached_property
    def allowed(self) -> tuple[Network, ...]:
        """The networks that may connect. Raises BadEndpoint for what is no network."""
        try:
            return tuple(ip_network(text, strict=False) for text in self.networks)
        except ValueError as error:
            raise BadEndpoint(f"feed {self.feed}: write networks as 10.1.0.0/16") from error

    def judge(self) -> None:
        """Raise BadEndpoint where the endpoint must not be opened."""
        _ = self.allowed
        if self.tls is None and not self.plain and not is_loopback(self.host):
            raise BadEndpoint(
                f"feed {self.feed}: plain text is taken on a loopback address only; "
                f"give it a certificate, or say that plain text is wanted"
            )
        if self.pins and (self.tls is None or not self.tls.authority):
            raise BadEndpoint(
                f"feed {self.feed}: pinned certificates need TLS with an authority, "
                f"so that peers are asked for theirs"
            )

    def admits(self, host: str) -> bool:
        """Say whether a peer of this address may connect."""
        if not self.networks:
            return True
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self.allowed)


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
