"""Which scopes a client is granted."""

from datetime import UTC, datetime

import pytest

from fhir_server.auth.error import OAuthError
from fhir_server.auth.token import Issued, grant_scopes
from fhir_server.store.clients import Client


def client(*scopes: str) -> Client:
    """Return a client registered with these scopes."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Client("c", 1, "lab", scopes, (), None, moment, None, has_secret=True)


@pytest.mark.parametrize(
    ("asked", "allowed", "granted"),
    [
        ("", ("system/*.cruds",), ("system/*.cruds",)),
        ("system/Claim.rs", ("system/*.cruds",), ("system/Claim.rs",)),
        ("openid system/Claim.r", ("system/*.cruds",), ("system/Claim.r",)),
        ("system/*.cruds", ("system/Claim.rs",), ("system/Claim.rs",)),
    ],
)
def test_grant_is_what_is_asked_as_far_as_allowed(
    asked: str, allowed: tuple[str, ...], granted: tuple[str, ...]
) -> None:
    assert grant_scopes(asked, client(*allowed)) == granted


@pytest.mark.parametrize("asked", ["openid", "system/Patient.r", "patient/*.rs"])
def test_nothing_to_grant_is_an_invalid_scope(asked: str) -> None:
    with pytest.raises(OAuthError) as refused:
        grant_scopes(asked, client("system/Claim.rs"))
    assert refused.value.code == "invalid_scope"


def test_client_with_a_scope_unknown_gets_none() -> None:
    with pytest.raises(OAuthError):
        grant_scopes("", client("everything"))


def test_issued_token_is_told_as_oauth_says() -> None:
    assert Issued("t", ("system/Claim.r", "system/Patient.r"), 60).as_json() == {
        "access_token": "t",
        "token_type": "Bearer",
        "expires_in": 60,
        "scope": "system/Claim.r system/Patient.r",
    }
