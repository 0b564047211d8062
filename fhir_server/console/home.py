"""The page at /: where everything is, whether it runs, and how much there is of it."""

import flask

from fhir_server.console.state import Counts, addresses, read_counts, read_state
from fhir_server.runtime import Runtime


def home_blueprint(runtime: Runtime) -> flask.Blueprint:
    """Return the page, open to everybody: it shows counts and states, nothing of a patient."""
    page = flask.Blueprint("home", __name__, template_folder="templates")

    @page.get("/")
    def home() -> str:
        base = runtime.settings.base_url or flask.request.host_url.rstrip("/")
        state = read_state(runtime)
        counts = read_counts(runtime) if state.is_ready else Counts()
        return flask.render_template(
            "home.html", addresses=addresses(base), state=state, counts=counts
        )

    return page
