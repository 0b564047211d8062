"""How clients say who they are."""

import base64

import pytest

from fhir_server.auth.error import OAuthError
from fhir_server.auth.form import (
    Credentials,
    RevocationSchema,
    TokenSchema,
    read_credentials,
    read_form,
)


def basic(text: str) -> str:
    """Return an HTTP Basic header of this text."""
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_form_has_what_is_asked_for_and_drops_the_rest() -> None:
    pairs = (("grant_type", "client_credentials"), ("resource", "x"), ("scope", "a b"))
    assert read_form(TokenSchema(), pairs) == {
        "grant_type": "client_credentials",
        "scope": "a b",
        "client_id": "",
        "client_secret": "",
    }


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        (("grant_type", "a"), ("grant_type", "b")),
        (("grant_type", "x" * 65),),
        (("grant_type", "a"), ("scope", "x" * 5000)),
    ],
)
def test_wrong_form_is_an_invalid_request(pairs: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(OAuthError) as refused:
        read_form(TokenSchema(), pairs)
    assert (refused.value.code, refused.value.status) == ("invalid_request", 400)


def test_revocation_needs_a_token() -> None:
    with pytest.raises(OAuthError):
        read_form(RevocationSchema(), (("token", ""),))


def test_basic_credentials_are_form_encoded() -> None:
    assert read_credentials(basic("a%3Ab:s%20e+c"), {}) == Credentials("a:b", "s e c")


@pytest.mark.parametrize("header", ["Bearer x", "Basic ###", "Basic", basic("a")[:-2] + "é="])
def test_unreadable_credentials_are_an_invalid_client(header: str) -> None:
    with pytest.raises(OAuthError) as refused:
        read_credentials(header, {})
    assert (refused.value.code, refused.value.status) == ("invalid_client", 401)


def test_credentials_come_one_way_only() -> None:
    both = {"client_id": "a", "client_secret": "s"}
    assert read_credentials(None, both) == Credentials("a", "s")
    with pytest.raises(OAuthError) as refused:
        read_credentials(basic("a:s"), both)
    assert refused.value.code == "invalid_request"
    with pytest.raises(OAuthError):
        read_credentials(None, {"client_id": "a"})


def test_header_and_form_name_one_client() -> None:
    assert read_credentials(basic("a:s"), {"client_id": "a"}) == Credentials("a", "s")
    with pytest.raises(OAuthError) as raised:
        read_credentials(basic("a:s"), {"client_id": "b"})
    assert raised.value.code == "invalid_request"
