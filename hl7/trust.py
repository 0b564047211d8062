"""Transport security of MLLP: TLS 1.2 and later, mutual, with certificates pinned.

A peer's certificate must be signed by the authority, or be in its text; a pin then names which of
those are taken. Reasons of a failed handshake are told apart, since a misconfigured peer sees
nothing but a closed connection.
"""

import re
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from tempfile import NamedTemporaryFile

from hl7.endpoint import BadEndpoint, Tls

HANDSHAKE_REASONS = (
    ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "no-certificate"),
    ("CERTIFICATE_VERIFY_FAILED", "untrusted"),
    ("UNSUPPORTED_PROTOCOL", "old-tls"),
    ("NO_SHARED_CIPHER", "old-tls"),
    ("VERSION_TOO_LOW", "old-tls"),
    ("HTTP_REQUEST", "http-on-mllp"),
    ("WRONG_VERSION_NUMBER", "plain-on-tls"),
    ("PACKET_LENGTH", "plain-on-tls"),
    ("BAD_RECORD", "plain-on-tls"),
    ("UNKNOWN_PROTOCOL", "plain-on-tls"),
)
"""What the words of OpenSSL mean, the first that is found in them."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A peer's certificate: subject, alternative names and the SHA-256 of its DER form."""

    subject: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    fingerprint: str = ""

    def meets(self, pins: Iterable[str]) -> bool:
        """Say whether one of the pins is this certificate's; True where there are no pins."""
        wanted = [_plain(pin) for pin in pins]
        shown = (*self.subject, *self.names, self.fingerprint)
        own = {_plain(one) for one in shown if one}
        return not wanted or any(pin in own for pin in wanted)


def server_context(tls: Tls) -> ssl.SSLContext:
    """Return what a listening side needs. Raises BadEndpoint where a text cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load(context, tls)
    if tls.authority:
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def client_context(tls: Tls) -> ssl.SSLContext:
    """Return what a connecting side needs: our certificate where it has one, their authority.

    Without an authority the ones this machine trusts are used.
    """
    context = ssl.create_default_context(cadata=tls.authority.decode("ascii", "replace") or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if tls.certificate:
        _load(context, Tls(tls.certificate, tls.key))
    return context


def certificate_of(connection: ssl.SSLObject | ssl.SSLSocket | None) -> Certificate:
    """Return the certificate of the peer, an empty one where it showed none."""
    encoded = connection.getpeercert(binary_form=True) if connection else None
    shown = connection.getpeercert() if connection and encoded else None
    if not encoded or not shown:
        return Certificate()
    digest = sha256(encoded).hexdigest()
    return Certificate(
        tuple(_pairs(shown.get("subject", ()))),
        tuple(f"{kind}:{name}" for kind, name in _names(shown.get("subjectAltName", ()))),
        f"sha256:{digest}",
    )


def handshake_reason(error: BaseException) -> tuple[str, str]:
    """Return the reason of a failed handshake and the library's word for it."""
    if isinstance(error, TimeoutError):
        return "handshake", "no handshake in time"
    word = getattr(error, "reason", None) or type(error).__name__
    known = (reason for sign, reason in HANDSHAKE_REASONS if sign in str(word).upper())
    return next(known, "handshake"), str(word)


def _load(context: ssl.SSLContext, tls: Tls) -> None:
    """Load certificate, key and authority; ssl takes a key from a file only, so it is one."""
    try:
        with NamedTemporaryFile() as file:
            file.write(tls.certificate + b"\n" + tls.key)
            file.flush()
            context.load_cert_chain(file.name)
        if tls.authority:
            context.load_verify_locations(cadata=tls.authority.decode("ascii", "replace"))
    except (OSError, ValueError) as error:
        raise BadEndpoint(
            f"the certificate, key or authority cannot be used ({type(error).__name__}): "
            f"give them as PEM, a key that belongs to its certificate and has no password"
        ) from error


def _pairs(subject: object) -> list[str]:
    parts = subject if isinstance(subject, Sequence) else ()
    found = []
    for part in parts:
        for key, value in part if isinstance(part, Sequence) else ():
            found.append(f"{_SHORT.get(str(key), str(key))}={value}")
    return found


def _names(names: object) -> list[tuple[str, str]]:
    rows = names if isinstance(names, Sequence) else ()
    return [(str(kind), str(name)) for kind, name in rows]


_SHORT = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "countryName": "C",
    "stateOrProvinceName": "ST",
    "localityName": "L",
    "serialNumber": "serialNumber",
}


def _plain(pin: str) -> str:
    """Return a pin as it is compared: case and the colons of a fingerprint mean nothing."""
    text = pin.strip().casefold()
    if re.fullmatch(r"sha256:[0-9a-f:]+", text):
        return "sha256:" + text.removeprefix("sha256:").replace(":", "")
    return text
