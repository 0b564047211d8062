"""Liveness and readiness, for supervisors and load balancers; no token needed."""

import flask
import msgspec

from fhir_server.http.site import Site
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError


def add_health(app: flask.Flask, site: Site) -> None:
    """Add /healthz and /readyz to the application."""

    @app.get("/healthz", provide_automatic_options=False)
    def alive() -> flask.Response:
        return _json(200, {"status": "alive"})

    @app.get("/readyz", provide_automatic_options=False)
    def ready() -> flask.Response:
        faults = database_faults(site)
        status = "ready" if not faults else "not ready"
        return _json(200 if not faults else 503, {"status": status, "faults": faults})


def database_faults(site: Site) -> list[str]:
    """Return why requests could not be answered now: no database, or one without its tables."""
    runtime = site.runtime
    try:
        with runtime.store.read(Context(runtime.settings.tenant)) as reader:
            reader.current("Patient", "-")
    except FhirError as error:
        return [str(error)]
    except Exception as error:  # noqa: BLE001  a database without tables fails in its own words
        return [f"the database is not initialised ({type(error).__name__})"]
    return []


def _json(status: int, value: dict[str, str | list[str]]) -> flask.Response:
    return flask.Response(
        msgspec.json.encode(value), status, content_type="application/json; charset=utf-8"
    )
