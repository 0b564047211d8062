"""Bearer tokens on requests: from the Authorization header to the context of the request.

A token just verified is trusted for a few seconds without asking the database again, so a
revocation takes at most that long to reach every process.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from fhir_server.model.rest import Context
from fhir_server.outcome import Unauthenticated
from fhir_server.store import clients
from fhir_server.store.clients import hash_secret
from fhir_server.store.unit_of_work import Store

TRUST_SECONDS = 5.0
MAX_REMEMBERED = 4096
MAX_TOKEN = 512


@dataclass(frozen=True, slots=True)
class Remembered:
    """A token verified a moment ago: its context, and until when to trust it (monotonic)."""

    context: Context
    until: float


class Bearer:
    """Verifies tokens of one tenant; shared by the threads of a process."""

    def __init__(
        self, store: Store, tenant: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._tenant = tenant
        self._clock = clock
        self._remembered: dict[str, Remembered] = {}
        self._guard = threading.Lock()

    def authenticate(self, authorization: str | None) -> Context:
        """Return the context of a request. Raises Unauthenticated."""
        scheme, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > MAX_TOKEN:
            raise Unauthenticated("a Bearer token is needed; /auth/token gives one")
        digest = hash_secret(token)
        known = self._remembered.get(digest)
        if known is not None and known.until > self._clock():
            return known.context
        return self._verify(token, digest)

    def forget(self, token: str) -> None:
        """Trust a token no longer, in this process at once."""
        with self._guard:
            self._remembered.pop(hash_secret(token), None)

    def _verify(self, token: str, digest: str) -> Context:
        now = self._store.clock()
        with self._store.read(Context(self._tenant)) as reader:
            grant = clients.verify(reader, token, now)
        if grant is None or grant.tenant != self._tenant:
            self.forget(token)
            raise Unauthenticated("the token is unknown, expired or revoked", detail="bad-token")
        left = (grant.expires - now).total_seconds()
        context = Context(self._tenant, grant.client, grant.scopes)
        until = self._clock() + min(TRUST_SECONDS, left)
        with self._guard:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[digest] = Remembered(context, until)
        return context


class Open:
    """Lets everybody in with every scope: authentication is off, on a loopback address only."""

    def __init__(self, tenant: int) -> None:
        self._context = Context(tenant, "anonymous")

    def authenticate(self, authorization: str | None) -> Context:
        """Return the context of any request."""
        del authorization
        return self._context
