"""The WSGI environment read once: address and headers."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "HTTP_ACCEPT": "accept",
        "HTTP_ACCEPT_ENCODING": "accept-encoding",
        "HTTP_AUTHORIZATION": "authorization",
        "CONTENT_TYPE": "content-type",
        "HTTP_IF_MATCH": "if-match",
        "HTTP_IF_MODIFIED_SINCE": "if-modified-since",
        "HTTP_IF_NONE_EXIST": "if-none-exist",
        "HTTP_IF_NONE_MATCH": "if-none-match",
        "HTTP_IDEMPOTENCY_KEY": "idempotency-key",
        "HTTP_PREFER": "prefer",
        "HTTP_X_PROVENANCE": "x-provenance",
        "HTTP_X_REQUEST_ID": "x-request-id",
        "HTTP_X_SECURITY_CONTEXT": "x-security-context",
    }
)
"""The headers that mean something here, by their name in the WSGI environment."""
CONDITIONS = ("if-match", "if-none-exist", "if-none-match")
"""Headers on which a write depends: an empty one must be refused, not overlooked."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Environment(Protocol):
    """The part of a WSGI environment that is read here."""

    def get(self, key: str, default: str = "", /) -> str:
        """Return a text of the environment."""
        ...


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One HTTP request; header names are lower-case; `base` is scheme and host, no slash after."""

    id: str
    method: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    base: str
    body: bytes = b""

    def parameter(self, name: str) -> str | None:
        """Return the first value of a query parameter."""
        return next((value for key, value in self.parameters if key == name), None)


def request_id(environment: Mapping[str, object]) -> str:
    """Return the client's X-Request-Id when it is harmless, else a new one."""
    given = environment.get("HTTP_X_REQUEST_ID")
    if isinstance(given, str) and _REQUEST_ID.fullmatch(given):
        return given
    return f"{random.getrandbits(64):016x}"


def request_headers(environment: Mapping[str, object]) -> dict[str, str]:
    """Return the headers of HEADERS that the client sent, an empty one if it is a condition."""
    return {
        name: str(environment[key])
        for key, name in HEADERS.items()
        if environment.get(key) or (name in CONDITIONS and key in environment)
    }


def request_base(environment: Mapping[str, object], configured: str) -> str:
    """Return the server's public address: as configured, else as the client called it."""
    if configured:
        return configured.rstrip("/")
    host = environment.get("HTTP_HOST") or (
        f"{environment.get('SERVER_NAME')}:{environment.get('SERVER_PORT')}"
    )
    return f"{environment.get('wsgi.url_scheme', 'http')}://{host}"
