"""The answer as HTTP: headers that follow from the version shown, and the body as preferred.

Source: https://hl7.org/fhir/R4/http.html#versioning, #return, #ops.
"""

from dataclasses import replace
from email.utils import format_datetime
from typing import TYPE_CHECKING

import msgspec
from flask import Response
from werkzeug.datastructures import Headers

from fhir_server.http.file import file_response
from fhir_server.http.negotiate import FHIR_JSON, OFFERED
from fhir_server.interactions.preference import Preference
from fhir_server.interactions.report import written_outcome
from fhir_server.model.resource import Version
from fhir_server.model.rest import FhirResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

NO_CONTENT = (204, 304)
CHARSET = "; charset=utf-8"


class Finished(Response):
    """A response whose headers are final: ASCII, absolute URLs, length known.

    Werkzeug would read and write every URL in them again, which costs more than a read.
    """

    default_mimetype = None

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """Return the headers as they are."""
        del environ
        return self.headers


def render(answer: FhirResponse, base: str, media_type: str, *, pretty: bool = False) -> Response:
    """Return the HTTP response; `base` is the FHIR base, `media_type` what was negotiated."""
    if answer.file is not None:
        return file_response(answer, answer.file)
    body = answer.body or b""
    own = answer.media_type
    if own == FHIR_JSON:
        own = media_type
        body = msgspec.json.format(body, indent=2) if pretty and body else body
    headers = dict(answer.headers)
    if body:
        headers["Content-Type"] = own + CHARSET if own in OFFERED else own
    if answer.status not in NO_CONTENT:
        headers["Content-Length"] = str(len(body))
    if answer.version is not None and not answer.version.deleted:
        headers |= version_headers(answer.version, base)
    if answer.location is not None:
        headers["Location"] = answer.location
    return Finished(body or None, answer.status, headers)


def version_headers(version: Version, base: str) -> dict[str, str]:
    """Return the headers that tell which version the body shows."""
    return {
        "ETag": version.etag,
        "Last-Modified": format_datetime(version.updated, usegmt=True),
        "Content-Location": f"{base}/{version.reference}/_history/{version.number}",
    }


def prefer(answer: FhirResponse, preference: Preference, *, echoes: bool = True) -> FhirResponse:
    """Return the answer of a write with the body the client prefers; the default is the resource.

    Without a wish, a body is left out where the server does not echo what came.
    Source: https://hl7.org/fhir/R4/http.html#return.
    """
    outcome = written_outcome(answer, preference)
    if outcome is not None:
        status = 200 if answer.status == 204 else answer.status
        return replace(answer, status=status, body=outcome)
    is_minimal = preference.returns == "minimal" or (preference.returns is None and not echoes)
    if is_minimal and answer.version is not None:
        return replace(answer, body=None)
    return answer
