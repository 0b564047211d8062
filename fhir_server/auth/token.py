"""The token endpoint: client_credentials (RFC 6749 section 4.4; SMART backend services)."""

from dataclasses import dataclass

from fhir_server.auth.error import OAuthError
from fhir_server.auth.form import (
    Credentials,
    RevocationSchema,
    TokenSchema,
    read_credentials,
    read_form,
)
from fhir_server.model.rest import Context
from fhir_server.security.grant import narrow_scopes
from fhir_server.security.scope import BadScope, Scope, parse_scope, parse_scopes
from fhir_server.store import clients
from fhir_server.store.clients import Client
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import Store

GRANT_TYPE = "client_credentials"
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token as the client gets it."""

    token: str
    scopes: tuple[str, ...]
    lifetime: int

    def as_json(self) -> dict[str, str | int]:
        """Return the body of the answer (RFC 6749 section 5.1)."""
        return {
            "access_token": self.token,
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "scope": " ".join(self.scopes),
        }


def issue_token(
    authorization: str | None, pairs: Pairs, store: Store, tenant: int, lifetime: int
) -> Issued:
    """Return a token for the client the request authenticates. Raises OAuthError."""
    form = read_form(TokenSchema(), pairs)
    credentials = read_credentials(authorization, form)
    context = Context(tenant)
    with store.read(context) as reader:
        client = known_client(credentials, reader, tenant)
    if form["grant_type"] != GRANT_TYPE:
        raise OAuthError("unsupported_grant_type", f"the grant served is {GRANT_TYPE}")
    scopes = grant_scopes(form["scope"], client)
    token = store.transact(context, lambda work: clients.issue(work, client, scopes, lifetime))
    return Issued(token, scopes, lifetime)


def revoke_token(authorization: str | None, pairs: Pairs, store: Store, tenant: int) -> str | None:
    """Revoke one of the client's own tokens (RFC 7009); return it, None when it was not its own.

    Raises OAuthError.
    """
    form = read_form(RevocationSchema(), pairs)
    context = Context(tenant)
    with store.read(context) as reader:
        client = known_client(read_credentials(authorization, form), reader, tenant)
        grant = clients.verify(reader, form["token"], store.clock())
    if grant is None or grant.client != client.id:
        return None
    store.transact(context, lambda work: clients.revoke_token(work, form["token"]))
    return form["token"]


def introspect_token(
    authorization: str | None, pairs: Pairs, store: Store, tenant: int
) -> dict[str, str | int | bool]:
    """Return what a token is worth to a client that authenticates itself (RFC 7662).

    Raises OAuthError.
    """
    form = read_form(RevocationSchema(), pairs)
    with store.read(Context(tenant)) as reader:
        known_client(read_credentials(authorization, form), reader, tenant)
        grant = clients.verify(reader, form["token"], store.clock())
    if grant is None or grant.tenant != tenant:
        return {"active": False}
    return {
        "active": True,
        "client_id": grant.client,
        "scope": " ".join(grant.scopes),
        "token_type": "Bearer",
        "iat": int(grant.issued.timestamp()),
        "exp": int(grant.expires.timestamp()),
    }


def known_client(credentials: Credentials, reader: Reader, tenant: int) -> Client:
    """Return the client these credentials prove. Raises OAuthError invalid_client."""
    client = clients.authenticate(reader, credentials.client_id, credentials.client_secret)
    if client is None or client.tenant != tenant:
        raise OAuthError("invalid_client", "the client is not known or its secret is wrong")
    return client


def grant_scopes(asked: str, client: Client) -> tuple[str, ...]:
    """Return the scopes to grant: what is asked as far as it is allowed; all that is, unasked.

    Scopes of other kinds (openid, launch) are left out. Raises OAuthError when nothing is left.
    """
    try:
        allowed = parse_scopes(" ".join(client.scopes))
    except BadScope:
        raise OAuthError("invalid_scope", "the client is registered with a scope unknown") from None
    if not asked.strip():
        return tuple(str(scope) for scope in allowed)
    granted = narrow_scopes(known_scopes(asked), allowed)
    if not granted:
        raise OAuthError("invalid_scope", "none of the scopes asked for can be granted")
    return tuple(str(scope) for scope in granted)


def known_scopes(text: str) -> list[Scope]:
    """Return the scopes of a list that are ours to grant."""
    known = []
    for one in text.split():
        try:
            known.append(parse_scope(one))
        except BadScope:
            continue
    return known
