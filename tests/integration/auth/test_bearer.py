"""Bearer tokens against a real store, with clocks in hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fhir_server.auth.bearer import TRUST_SECONDS, Bearer, Open
from fhir_server.db.migrate import upgrade
from fhir_server.model.rest import Context
from fhir_server.outcome import Unauthenticated
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store import clients
from fhir_server.store.unit_of_work import UnitOfWork

START = datetime(2026, 1, 1, tzinfo=UTC)
LIFETIME = 60


@dataclass
class Clock:
    """A clock that goes on when it is told to."""

    moment: datetime = field(default=START)

    def __call__(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return (self.moment - START).total_seconds()

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runtime(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Runtime]:
    variables = {"PARITY_DATABASE_URL": database_url, "PARITY_DATA_DIR": str(tmp_path)}
    built = Runtime.build(Settings.load(variables), clock)
    upgrade(built.store.database)
    yield built
    built.store.database.close()


def token_of(runtime: Runtime, tenant: int = 1) -> tuple[str, str]:
    """Return the id and a token of a new client."""

    def register(work: UnitOfWork) -> tuple[str, str]:
        client, _ = clients.register(work, "lab", ("system/Claim.rs",))
        return client.id, clients.issue(work, client, client.scopes, LIFETIME)

    return runtime.store.transact(Context(tenant), register)


def test_token_gives_the_context_of_its_client(runtime: Runtime, clock: Clock) -> None:
    id, token = token_of(runtime)
    bearer = Bearer(runtime.store, 1, clock.seconds)
    for scheme in ("Bearer", "bearer"):
        assert bearer.authenticate(f"{scheme} {token}") == Context(1, id, ("system/Claim.rs",))


def test_token_ends_with_its_lifetime_though_remembered(runtime: Runtime, clock: Clock) -> None:
    _, token = token_of(runtime)
    bearer = Bearer(runtime.store, 1, clock.seconds)
    clock.pass_by(LIFETIME - 1)
    bearer.authenticate(f"Bearer {token}")
    clock.pass_by(2)
    with pytest.raises(Unauthenticated):
        bearer.authenticate(f"Bearer {token}")


def test_revocation_is_seen_when_trust_ends(runtime: Runtime, clock: Clock) -> None:
    id, token = token_of(runtime)
    bearer = Bearer(runtime.store, 1, clock.seconds)
    bearer.authenticate(f"Bearer {token}")
    runtime.store.transact(Context(1), lambda work: clients.revoke(work, id))
    bearer.authenticate(f"Bearer {token}")
    clock.pass_by(TRUST_SECONDS + 1)
    with pytest.raises(Unauthenticated):
        bearer.authenticate(f"Bearer {token}")


def test_forgotten_token_is_asked_for_again(runtime: Runtime, clock: Clock) -> None:
    _, token = token_of(runtime)
    bearer = Bearer(runtime.store, 1, clock.seconds)
    bearer.authenticate(f"Bearer {token}")
    runtime.store.transact(Context(1), lambda work: clients.revoke_token(work, token))
    bearer.forget(token)
    with pytest.raises(Unauthenticated):
        bearer.authenticate(f"Bearer {token}")


def test_token_of_another_tenant_opens_nothing(runtime: Runtime, clock: Clock) -> None:
    _, token = token_of(runtime, tenant=2)
    with pytest.raises(Unauthenticated):
        Bearer(runtime.store, 1, clock.seconds).authenticate(f"Bearer {token}")


def test_without_authentication_everybody_may_do_everything() -> None:
    assert Open(3).authenticate(None) == Context(3, "anonymous", ("system/*.cruds",))
