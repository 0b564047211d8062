"""The authorization server's paths: token, revoke, introspect, and its description."""

import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec
from flask import Blueprint, Response, request

from fhir_server.auth.bearer import Bearer
from fhir_server.auth.discovery import smart_configuration
from fhir_server.auth.error import OAuthError
from fhir_server.auth.token import Pairs, introspect_token, issue_token, revoke_token
from fhir_server.runtime import Runtime

log = logging.getLogger("parity.auth")
Body = Mapping[str, str | int | bool | Sequence[str]]
FORM = "application/x-www-form-urlencoded"
MAX_FORM = 65_536
NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CHALLENGE = {"WWW-Authenticate": 'Basic realm="parity"'}


def auth_blueprint(runtime: Runtime, bearer: Bearer | None) -> Blueprint:
    """Return the paths; `bearer` is told of tokens revoked, None when authentication is off."""
    page = Blueprint("auth", __name__)
    settings, store = runtime.settings, runtime.store

    @page.post("/auth/token")
    def token() -> Response:
        return _answer(
            lambda header, pairs: issue_token(
                header, pairs, store, settings.tenant, settings.token_lifetime
            ).as_json()
        )

    @page.post("/auth/introspect")
    def introspect() -> Response:
        return _answer(
            lambda header, pairs: introspect_token(header, pairs, store, settings.tenant)
        )

    @page.post("/auth/revoke")
    def revoke() -> Response:
        def act(header: str | None, pairs: Pairs) -> Body:
            revoked = revoke_token(header, pairs, store, settings.tenant)
            if revoked is not None and bearer is not None:
                bearer.forget(revoked)
            return {}

        return _answer(act)

    @page.get("/fhir/.well-known/smart-configuration")
    def configuration() -> Response:
        return _json(200, smart_configuration(settings.base_url or request.host_url.rstrip("/")))

    return page


def _answer(act: Callable[[str | None, Pairs], Body]) -> Response:
    """Return the result of an OAuth request, or the error it raised."""
    try:
        return _json(200, act(request.headers.get("Authorization"), _pairs()), NOT_STORED)
    except OAuthError as error:
        log.warning("refused error=%s path=%s", error.code, request.path)
        extra = CHALLENGE if error.status == 401 else {}
        return _json(error.status, error.as_json(), NOT_STORED | extra)


def _pairs() -> Pairs:
    if request.mimetype != FORM:
        raise OAuthError("invalid_request", f"send the parameters as {FORM}")
    if (request.content_length or 0) > MAX_FORM:
        raise OAuthError("invalid_request", "the form is too long")
    return tuple(request.form.items(multi=True))


def _json(status: int, body: Body, headers: Mapping[str, str] | None = None) -> Response:
    answer = Response(msgspec.json.encode(body), status, content_type="application/json")
    answer.headers.update(headers or {})
    return answer
