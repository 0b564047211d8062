"""Liveness and readiness, for supervisors and load balancers; no token needed."""

import flask
import msgspec

from fhir_server.console.state import read_state
from fhir_server.runtime import Runtime


def health_blueprint(runtime: Runtime) -> flask.Blueprint:
    """Return /healthz (the process answers) and /readyz (the database does, with its tables)."""
    page = flask.Blueprint("health", __name__)

    @page.get("/healthz", provide_automatic_options=False)
    def alive() -> flask.Response:
        return _json(200, {"status": "alive"})

    @page.get("/readyz", provide_automatic_options=False)
    def ready() -> flask.Response:
        state = read_state(runtime)
        parts = {part.name: part.words for part in state.parts}
        if state.is_ready:
            return _json(200, {"status": "ready", "parts": parts})
        return _json(503, {"status": "not ready", "parts": parts})

    return page


def _json(status: int, value: dict[str, str | dict[str, str]]) -> flask.Response:
    return flask.Response(
        msgspec.json.encode(value), status, content_type="application/json; charset=utf-8"
    )
