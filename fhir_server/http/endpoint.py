"""Paths that are not FHIR: a table of rows, each a URL rule and the function that answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import flask

from fhir_server.http.request import HttpRequest
from fhir_server.http.response import render
from fhir_server.http.site import Site, answer
from fhir_server.model.rest import Context, FhirResponse
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an endpoint: the HTTP request, the parts of its URL, and who asks."""

    http: HttpRequest
    arguments: Mapping[str, str]
    context: Context


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row: a Flask URL rule, a method, what the token must grant, and the function.

    `needs` are pairs of resource type (`*` for all) and letters of `cruds`.
    """

    rule: str
    method: str
    needs: tuple[tuple[str, str], ...]
    run: Callable[[Call, Runtime], FhirResponse]


class View(Protocol):
    """A Flask view that takes the parts of its URL."""

    def __call__(self, **arguments: str) -> flask.Response:
        """Answer the current request."""
        ...


def add_endpoints(app: flask.Flask, site: Site, endpoints: tuple[Endpoint, ...]) -> None:
    """Add the paths of a table to the application."""
    for endpoint in endpoints:
        app.add_url_rule(
            endpoint.rule,
            f"{endpoint.method} {endpoint.rule}",
            _view(endpoint, site),
            methods=[endpoint.method],
            provide_automatic_options=False,
        )


def _view(endpoint: Endpoint, site: Site) -> View:
    def view(**arguments: str) -> flask.Response:
        def handle(request: HttpRequest) -> flask.Response:
            context = site.authenticator.authenticate(request.headers.get("authorization"))
            for type, letters in endpoint.needs:
                require(context, type, letters)
            made = endpoint.run(Call(request, arguments, context), site.runtime)
            return render(made, request.base, made.media_type)

        return answer(handle, site)

    return view
