"""The page at /: where everything is, whether it runs, and how much there is of it."""

import flask

from fhir_server.console.state import Counts, addresses, read_counts, read_state
from fhir_server.runtime import Runtime

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def home_blueprint(runtime: Runtime) -> flask.Blueprint:
    """Return the page, open to everybody: it shows counts and states, nothing of a patient."""
    page = flask.Blueprint("home", __name__, template_folder="templates")

    @page.get("/")
    def home() -> flask.Response:
        base = runtime.settings.base_url or flask.request.host_url.rstrip("/")
        state = read_state(runtime)
        counts = read_counts(runtime) if state.is_ready else Counts()
        text = flask.render_template(
            "home.html", addresses=addresses(base), state=state, counts=counts
        )
        return flask.Response(text, headers=SECURITY, content_type="text/html; charset=utf-8")

    return page
