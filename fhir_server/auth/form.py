"""The forms clients post to the authorization server, and how clients say who they are."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from fhir_server.auth.error import OAuthError

MAX_LENGTH = 4096


class TokenSchema(Schema):
    """A token request by client_credentials (RFC 6749 section 4.4.2)."""

    class Meta:
        """Unknown parameters are ignored, as RFC 6749 section 3.2 asks."""

        unknown = EXCLUDE

    grant_type = fields.String(required=True, validate=validate.Length(max=64))
    scope = fields.String(load_default="", validate=validate.Length(max=MAX_LENGTH))
    client_id = fields.String(load_default="", validate=validate.Length(max=256))
    client_secret = fields.String(load_default="", validate=validate.Length(max=256))


class RevocationSchema(Schema):
    """A request to revoke or introspect a token (RFC 7009 section 2.1, RFC 7662 section 2.1)."""

    class Meta:
        """Unknown parameters, and the hint we do not need, are ignored."""

        unknown = EXCLUDE

    token = fields.String(required=True, validate=validate.Length(min=1, max=MAX_LENGTH))
    client_id = fields.String(load_default="", validate=validate.Length(max=256))
    client_secret = fields.String(load_default="", validate=validate.Length(max=256))


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client says it is."""

    client_id: str
    client_secret: str


def read_form(schema: Schema, pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the form's values. Raises OAuthError invalid_request, also for a doubled parameter."""
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise OAuthError("invalid_request", "a parameter is given twice")
    try:
        loaded: Mapping[str, str] = schema.load(dict(pairs))
    except ValidationError as error:
        wrong = ", ".join(sorted(map(str, error.messages_dict)))
        raise OAuthError("invalid_request", f"missing or wrong: {wrong}") from None
    return dict(loaded)


def read_credentials(authorization: str | None, form: Mapping[str, str]) -> Credentials:
    """Return the client's credentials, from HTTP Basic or the form, but not from both.

    Source: RFC 6749 section 2.3.1; the parts of Basic are form-encoded. Raises OAuthError.
    """
    in_form = Credentials(form.get("client_id", ""), form.get("client_secret", ""))
    if authorization is None:
        if not in_form.client_id or not in_form.client_secret:
            raise OAuthError("invalid_client", "the client did not say who it is")
        return in_form
    if in_form.client_secret:
        raise OAuthError("invalid_request", "credentials are given in header and form")
    credentials = _basic(authorization)
    if in_form.client_id not in ("", credentials.client_id):
        raise OAuthError("invalid_request", "header and form name different clients")
    return credentials


def _basic(authorization: str) -> Credentials:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise OAuthError("invalid_client", "the client must use HTTP Basic or the form")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        raise OAuthError("invalid_client", "the Basic credentials cannot be read") from None
    name, _, secret = text.partition(":")
    if not name or not secret:
        raise OAuthError("invalid_client", "the Basic credentials are not complete")
    return Credentials(unquote_plus(name), unquote_plus(secret))
