"""Clients and tokens: only the right secret, only until it ends, and never kept in clear."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fhir_server.db.tables import client as client_table
from fhir_server.db.tables import token as token_table
from fhir_server.outcome import NotFound
from fhir_server.store import clients
from fhir_server.store.clients import Client
from fhir_server.store.identity import utc_now
from fhir_server.store.unit_of_work import Store
from tests.integration.store.sample import ELSEWHERE, HERE

SCOPES = ("system/*.rs", "system/Patient.cruds")


def register(store: Store) -> tuple[Client, str]:
    with store.write(HERE) as work:
        client, secret = clients.register(work, "EHR", SCOPES, redirects=["https://ehr.example/"])
    assert secret is not None
    return client, secret


def issue(store: Store, client: Client, lifetime: int = 60) -> str:
    with store.write(HERE) as work:
        return clients.issue(work, client, SCOPES[:1], lifetime)


def test_client_proves_itself_by_its_secret(store: Store) -> None:
    client, secret = register(store)
    with store.read(HERE) as reader:
        assert clients.authenticate(reader, client.id, secret) == client
        assert clients.authenticate(reader, client.id, secret + "x") is None
        assert clients.authenticate(reader, "other", secret) is None
        assert clients.get(reader, client.id) == client
        assert clients.all_clients(reader) == [client]
    assert client.scopes == SCOPES
    assert client.redirects == ("https://ehr.example/",)
    assert client.has_secret


def test_client_without_a_secret_has_none(store: Store) -> None:
    with store.write(HERE) as work:
        public, none = clients.register(work, "App", SCOPES, public=True)
        keyed, neither = clients.register(work, "Backend", SCOPES, jwks='{"keys": []}')
    assert none is neither is None
    assert not public.has_secret
    with store.read(HERE) as reader:
        assert clients.authenticate(reader, public.id, "") is None
        assert clients.authenticate(reader, keyed.id, "") is None


def test_neither_secret_nor_token_is_kept(store: Store) -> None:
    client, secret = register(store)
    token = issue(store, client)
    with store.read(HERE) as reader:
        rows = [*reader.rows(select(client_table)), *reader.rows(select(token_table))]
    kept = " ".join(str(value) for row in rows for value in row)
    assert secret not in kept
    assert token not in kept


def test_token_grants_what_was_issued_until_it_expires(store: Store) -> None:
    client, _ = register(store)
    token = issue(store, client)
    now = utc_now()
    with store.read(HERE) as reader:
        grant = clients.verify(reader, token, now)
        assert grant is not None
        assert (grant.client, grant.tenant, grant.scopes) == (client.id, 1, SCOPES[:1])
        assert grant.expires - grant.issued == timedelta(seconds=60)
        assert clients.verify(reader, token, now + timedelta(seconds=61)) is None
        assert clients.verify(reader, token + "x", now) is None


def test_revoked_token_grants_nothing(store: Store) -> None:
    client, _ = register(store)
    token, other = issue(store, client), issue(store, client)
    with store.write(HERE) as work:
        clients.revoke_token(work, token)
        clients.revoke_token(work, "unknown")
    with store.read(HERE) as reader:
        assert clients.verify(reader, token, utc_now()) is None
        assert clients.verify(reader, other, utc_now()) is not None


def test_revoked_client_is_shut_out_with_its_tokens(store: Store) -> None:
    client, secret = register(store)
    token = issue(store, client)
    with store.write(ELSEWHERE) as work, pytest.raises(NotFound):
        clients.revoke(work, client.id)
    with store.write(HERE) as work:
        clients.revoke(work, client.id)
    with store.read(HERE) as reader:
        assert clients.authenticate(reader, client.id, secret) is None
        assert clients.verify(reader, token, utc_now()) is None
        known = clients.get(reader, client.id)
    assert known is not None
    assert known.revoked is not None


def test_ended_tokens_are_forgotten(store: Store) -> None:
    client, _ = register(store)
    issue(store, client, lifetime=-1)
    kept = [issue(store, client), issue(store, client)]
    with store.read(HERE) as reader:
        held = {row[0] for row in reader.rows(select(token_table.c.hash))}
    assert held == {clients.hash_secret(one) for one in kept}
