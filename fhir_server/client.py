"""The Python client: FHIR in and out over HTTP, as fhir.resources models or as plain JSON.

    with Client("http://127.0.0.1:8080", client_id, secret) as parity:
        patient = parity.create(Patient(name=[{"family": "Rivera"}]))
        for encounter in parity.search(Encounter, patient=patient.id):
            ...

Models are those of `fhir.resources.R4B`, whose elements for the resources served here are the
ones of R4. A plain dict travels exactly as it is; a model's decimals keep the digits they were
given (`80.00` stays `80.00`), which the model's own JSON would not.
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from fhir.resources.R4B.fhirresourcemodel import FHIRResourceModel
from fhir_core.fhirabstractmodel import FHIRAbstractModel

from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Malformed

M = TypeVar("M", bound=FHIRResourceModel)
FORM = "application/x-www-form-urlencoded"
FHIR_JSON = "application/fhir+json"


class RequestFailed(Exception):
    """The server refused: its HTTP status and the OperationOutcome (or other body) it gave."""

    def __init__(self, status: int, outcome: JsonObject) -> None:
        self.status = status
        self.outcome = outcome
        super().__init__(f"{status}: {'; '.join(diagnostics(outcome)) or 'no reason given'}")


def diagnostics(outcome: JsonObject) -> list[str]:
    """Return the sentences of an OperationOutcome, each with the place it speaks of."""
    found = []
    issues = outcome.get("issue")
    for issue in issues if isinstance(issues, list) else []:
        if isinstance(issue, dict):
            place = issue.get("expression")
            where = f"{place[0]}: " if isinstance(place, list) and place else ""
            found.append(f"{where}{issue.get('diagnostics', issue.get('code'))}")
    return found


def as_json(resource: FHIRResourceModel | JsonObject) -> JsonObject:
    """Return the FHIR JSON of a model, decimals digit for digit; a dict is returned as it is."""
    if isinstance(resource, dict):
        return resource
    written: JsonObject = json.loads(resource.model_dump_json(), parse_float=Decimal)
    return _exact(resource, written)


def _exact(model: FHIRAbstractModel, written: JsonObject) -> JsonObject:
    attributes = model.get_alias_mapping()
    return {
        name: _restore(getattr(model, attributes.get(name, name), None), value)
        for name, value in written.items()
    }


def _restore(given: object, written: JsonValue) -> JsonValue:
    if isinstance(given, Decimal):
        return given
    if isinstance(given, FHIRAbstractModel) and isinstance(written, dict):
        return _exact(given, written)
    if isinstance(given, list) and isinstance(written, list):
        return [_restore(one, text) for one, text in zip(given, written, strict=True)]
    return written


class Client:
    """A connection to one Parity server, signed in by client_credentials when given an id."""

    def __init__(
        self,
        base_url: str,
        client_id: str | None = None,
        client_secret: str | None = None,
        *,
        timeout: float = 120,
    ) -> None:
        address = urlsplit(base_url)
        kind = (
            http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        )
        self._connection = kind(address.netloc, timeout=timeout)
        self._path = address.path.rstrip("/")
        self._headers: dict[str, str] = {}
        if client_id is not None:
            self._sign_in(client_id, client_secret or "")

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def request(
        self,
        method: str,
        path: str,
        body: JsonObject | bytes | None = None,
        *,
        media_type: str = FHIR_JSON,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request and return status, lower-case headers and body.

        Raises RequestFailed for any status of 400 and over, OSError when the server is away.
        """
        data = encode(body) if isinstance(body, dict) else body
        sent = self._headers | dict(headers or {})
        if data is not None:
            sent["Content-Type"] = media_type
        try:
            self._connection.request(method, self._path + path, data, sent)
            answer = self._connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            raise
        content = answer.read()
        if answer.status >= 400:
            raise RequestFailed(answer.status, _object(content))
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, content

    def fhir(
        self, method: str, path: str, body: FHIRResourceModel | JsonObject | None = None
    ) -> JsonObject:
        """Send one FHIR request (`path` below /fhir/) and return the resource answered."""
        sent = None if body is None else as_json(body)
        return _object(self.request(method, f"/fhir/{path}", sent)[2])

    def create(self, resource: M) -> M:
        """Create a resource; return it as stored."""
        stored = self.fhir("POST", resource.get_resource_type(), resource)
        return type(resource).model_validate(stored)

    def read(self, kind: type[M], id: str) -> M:
        """Return the current version of a resource."""
        return kind.model_validate(self.fhir("GET", f"{kind.get_resource_type()}/{id}"))

    def update(self, resource: M) -> M:
        """Store a new version of a resource; return it as stored."""
        path = f"{resource.get_resource_type()}/{resource.id}"
        return type(resource).model_validate(self.fhir("PUT", path, resource))

    def delete(self, kind: type[M], id: str) -> None:
        """Delete a resource."""
        self.fhir("DELETE", f"{kind.get_resource_type()}/{id}")

    def search(self, kind: type[M], **criteria: str) -> Iterator[M]:
        """Yield the matches of a search, page after page; `_` in a name stands for `-`."""
        names = {
            name if name[0] == "_" else name.replace("_", "-"): text
            for name, text in criteria.items()
        }
        for resource in self.pages(f"{kind.get_resource_type()}?{urlencode(names)}"):
            if resource["resourceType"] == kind.get_resource_type():
                yield kind.model_validate(resource)

    def pages(self, query: str) -> Iterator[JsonObject]:
        """Yield the resources of a search (`Patient?name=x`) as plain JSON, over all its pages."""
        path: str | None = query
        while path:
            bundle = self.fhir("GET", path)
            for entry in _objects(bundle.get("entry")):
                resource = entry.get("resource")
                if isinstance(resource, dict):
                    yield resource
            links = {link["relation"]: str(link["url"]) for link in _objects(bundle.get("link"))}
            path = links["next"].split("/fhir/", 1)[1] if "next" in links else None

    def transaction(self, bundle: JsonObject) -> JsonObject:
        """Post a transaction or batch Bundle to the base; return the response Bundle."""
        return _object(self.request("POST", "/fhir", bundle)[2])

    def _sign_in(self, client_id: str, client_secret: str) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        content = self.request("POST", "/auth/token", urlencode(form).encode(), media_type=FORM)[2]
        self._headers["Authorization"] = f"Bearer {_object(content)['access_token']}"


def _object(content: bytes) -> JsonObject:
    if not content:
        return {}
    try:
        return decode(content)
    except Malformed:
        return {"issue": [{"diagnostics": content[:200].decode("utf-8", "replace")}]}


def _objects(value: JsonValue) -> Iterator[JsonObject]:
    for one in value if isinstance(value, list) else []:
        if isinstance(one, dict):
            yield one
