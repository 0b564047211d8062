"""The clients that may come in, and the tokens they hold.

Secrets and tokens are random with 256 bits and kept only as their SHA-256, which needs no salt
and no slow hash: there is nothing to guess. Source of the flow: SMART backend services,
https://hl7.org/fhir/smart-app-launch/backend-services.html.
"""

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import delete, insert, select, update

from fhir_server.db.session import Record
from fhir_server.db.tables import client as table
from fhir_server.db.tables import token as token_table
from fhir_server.outcome import NotFound
from fhir_server.store.content import aware, from_aware
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

SECRET_BYTES = 32
SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client. Without a secret it is public, or proves itself by its keys."""

    id: str
    tenant: int
    name: str
    scopes: tuple[str, ...]
    redirects: tuple[str, ...]
    jwks: str | None
    created: datetime
    revoked: datetime | None
    has_secret: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid token allows, to whom, and until when."""

    client: str
    tenant: int
    scopes: tuple[str, ...]
    issued: datetime
    expires: datetime


def register(
    work: UnitOfWork,
    name: str,
    scopes: Sequence[str],
    *,
    redirects: Sequence[str] = (),
    jwks: str | None = None,
    public: bool = False,
) -> tuple[Client, str | None]:
    """Register a client of the context's tenant; return it with its secret, shown only now.

    Public clients and those with keys of their own (`jwks`, JSON text) have no secret.
    """
    secret = None if public or jwks is not None else secrets.token_urlsafe(SECRET_BYTES)
    row: dict[str, object] = {
        "id": secrets.token_hex(8),
        "tenant": work.context.tenant,
        "name": name,
        "secret_hash": None if secret is None else hash_secret(secret),
        "scopes": " ".join(scopes),
        "redirects": json.dumps(list(redirects)),
        "jwks": jwks,
        "created": work.now,
        "revoked": None,
    }
    work.change(insert(table).values(row))
    return _client(tuple(row[column.name] for column in table.c)), secret


def authenticate(reader: Reader, id: str, secret: str) -> Client | None:
    """Return the client whose secret this is; None for a wrong one, or one that is revoked."""
    rows = reader.rows(select(*table.c).where(table.c.id == id, table.c.revoked.is_(None)))
    known = cast("str | None", rows[0][3]) if rows else None
    if known is None or not hmac.compare_digest(known, hash_secret(secret)):
        return None
    return _client(rows[0])


def get(reader: Reader, id: str) -> Client | None:
    """Return a client of any tenant, revoked or not."""
    rows = reader.rows(select(*table.c).where(table.c.id == id))
    return _client(rows[0]) if rows else None


def all_clients(reader: Reader) -> list[Client]:
    """Return the clients of the context's tenant, oldest first."""
    own = table.c.tenant == reader.context.tenant
    rows = reader.rows(select(*table.c).where(own).order_by(table.c.created, table.c.id))
    return [_client(row) for row in rows]


def revoke(work: UnitOfWork, id: str) -> None:
    """Shut a client out, and every token it holds. Raises NotFound."""
    own = (table.c.id == id, table.c.tenant == work.context.tenant)
    if work.change(update(table).where(*own).values(revoked=work.now)) != 1:
        raise NotFound("the client is not known")
    held = (token_table.c.client == id, token_table.c.revoked.is_(None))
    work.change(update(token_table).where(*held).values(revoked=work.now))


def issue(work: UnitOfWork, client: Client, scopes: Sequence[str], lifetime: int) -> str:
    """Return a new access token, valid for `lifetime` seconds; only its hash is kept.

    Tokens that have expired are deleted in passing, so that there are never more than are in use.
    """
    work.change(delete(token_table).where(token_table.c.expires < work.now))
    token = secrets.token_urlsafe(SECRET_BYTES)
    work.change(
        insert(token_table).values(
            hash=hash_secret(token),
            client=client.id,
            scopes=" ".join(scopes),
            issued=work.now,
            expires=work.now + lifetime * SECOND,
        )
    )
    return token


def verify(reader: Reader, token: str, now: datetime) -> Grant | None:
    """Return what a token grants; None when it is unknown, expired or revoked, or its client is."""
    chosen = (
        select(
            token_table.c.client,
            table.c.tenant,
            token_table.c.scopes,
            token_table.c.issued,
            token_table.c.expires,
        )
        .join_from(token_table, table, table.c.id == token_table.c.client)
        .where(
            token_table.c.hash == hash_secret(token),
            token_table.c.revoked.is_(None),
            token_table.c.expires > from_aware(now),
            table.c.revoked.is_(None),
        )
    )
    rows = reader.rows(chosen)
    if not rows:
        return None
    client, tenant, scopes, issued, expires = cast("tuple[str, int, str, int, int]", rows[0])
    return Grant(client, tenant, tuple(scopes.split()), aware(issued), aware(expires))


def revoke_token(work: UnitOfWork, token: str) -> None:
    """Make a token worthless; an unknown one is as worthless as before (RFC 7009, 2.2)."""
    same = (token_table.c.hash == hash_secret(token), token_table.c.revoked.is_(None))
    work.change(update(token_table).where(*same).values(revoked=work.now))


def hash_secret(secret: str) -> str:
    """Return what is kept of a secret or token."""
    return sha256(secret.encode()).hexdigest()


def _client(row: Record) -> Client:
    value = {column.name: one for column, one in zip(table.c, row, strict=True)}
    revoked = cast("int | None", value["revoked"])
    return Client(
        id=cast("str", value["id"]),
        tenant=cast("int", value["tenant"]),
        name=cast("str", value["name"]),
        scopes=tuple(cast("str", value["scopes"]).split()),
        redirects=tuple(json.loads(cast("str", value["redirects"]))),
        jwks=cast("str | None", value["jwks"]),
        created=aware(cast("int", value["created"])),
        revoked=None if revoked is None else aware(revoked),
        has_secret=value["secret_hash"] is not None,
    )
