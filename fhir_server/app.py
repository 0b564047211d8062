"""The composition root of the web: one runtime, its authenticator, and every path."""

from functools import partial

import flask
from werkzeug.exceptions import HTTPException

from fhir_server.auth.bearer import Bearer, Open
from fhir_server.auth.page import auth_blueprint
from fhir_server.console.health import health_blueprint
from fhir_server.console.home import home_blueprint
from fhir_server.console.messages import messages_blueprint
from fhir_server.console.metrics import metrics_blueprint
from fhir_server.http import feeds, messages, openapi, partners, v2, x12
from fhir_server.http.endpoint import Endpoint, add_endpoints
from fhir_server.http.fhir import add_fhir
from fhir_server.http.format import Formats
from fhir_server.http.request import request_id
from fhir_server.http.site import Site, error_answer
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings

ENDPOINTS: tuple[Endpoint, ...] = (
    *partners.ENDPOINTS,
    *feeds.ENDPOINTS,
    *messages.CODES,
    *openapi.ENDPOINTS,
    *x12.ENDPOINTS,
    *v2.ENDPOINTS,
    *messages.ENDPOINTS,
)


def create_app(settings: Settings, runtime: Runtime | None = None) -> flask.Flask:
    """Return the WSGI application, on a runtime of its own or a given one.

    Nothing connects to the database before the first request.

    Whoever serves it with authentication off must bind to a loopback address only.
    """
    runtime = runtime or Runtime.build(settings)
    bearer = Bearer(runtime.store, settings.tenant) if settings.auth else None
    site = Site(runtime, bearer or Open(settings.tenant), Formats.of(runtime.definitions))
    app = flask.Flask("parity", static_folder=None, template_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.register_error_handler(Exception, partial(_unanswered, formats=site.formats))
    app.after_request(_named)
    add_fhir(app, site)
    add_endpoints(app, site, ENDPOINTS)
    app.register_blueprint(auth_blueprint(runtime, bearer))
    app.register_blueprint(health_blueprint(runtime))
    app.register_blueprint(metrics_blueprint(runtime))
    app.register_blueprint(home_blueprint(runtime))
    app.register_blueprint(messages_blueprint(runtime))
    return app


def _named(response: flask.Response) -> flask.Response:
    """Give an answer the id of its request where it has none yet."""
    if "X-Request-Id" not in response.headers:
        response.headers["X-Request-Id"] = request_id(flask.request.environ)
    return response


def _unanswered(error: Exception, formats: Formats) -> flask.Response:
    """Render what no view answered: an unknown path, a method not served, a fault in a page."""
    number = request_id(flask.request.environ)
    response = error_answer(error, number, formats)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers(flask.request.environ):
            if name == "Allow":
                response.headers[name] = value
    response.headers["X-Request-Id"] = number
    return response
