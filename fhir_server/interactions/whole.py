"""A request carried out as a whole: with its Provenance, and with its answer kept for repetition.

A request that carries Idempotency-Key is carried out once: sent again, it gets the answer kept in
the commit of what it did, also when the server fell over between that commit and the answer. A
request that failed did nothing and may be sent again.
"""

from dataclasses import replace
from hashlib import blake2b

from fhir_server.interactions.provenance import read_provenance, record
from fhir_server.interactions.table import Run
from fhir_server.model.codec import encode
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest, Gone, Invalid
from fhir_server.runtime import Runtime
from fhir_server.store import repeats
from fhir_server.store.joined import Joined
from fhir_server.store.repeats import Kept
from fhir_server.store.unit_of_work import UnitOfWork

KEY = "idempotency-key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
UNTOLD = ("authorization", "accept", "accept-encoding", "x-request-id", KEY)
"""Headers that may differ when a request is sent again."""


def carry_out(run: Run, request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Carry out a changing request in one commit with all its headers ask to be kept.

    Raises BadRequest for a header that is not valid, Invalid for a key that came with another
    request; and what the request itself raises, and then nothing is kept.
    """
    key = read_key(request)
    provenance = read_provenance(request, runtime)
    if key is None and provenance is None:
        return run(request, runtime)
    sent = fingerprint(request)

    def action(work: UnitOfWork) -> FhirResponse:
        hours = runtime.settings.idempotency_hours
        known = None if key is None else repeats.find(work, key, hours)
        if known is not None:
            return repeated(known, sent, work)
        answer = run(request, joined(runtime, work))
        if provenance is not None:
            record(provenance, answer, work)
        if key is not None:
            repeats.keep(work, key, sent, kept(answer))
        return answer

    return runtime.store.transact(request.context, action)


def joined(runtime: Runtime, work: UnitOfWork) -> Runtime:
    """Return the runtime whose units of work are part of this one."""
    return replace(runtime, store=Joined.of(runtime.store, work))


def read_key(request: FhirRequest) -> str | None:
    """Return the Idempotency-Key. Raises BadRequest for one that is too long or not printable."""
    key = request.headers.get(KEY)
    if key is not None and not (len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise BadRequest(f"Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters")
    return key


def fingerprint(request: FhirRequest) -> str:
    """Return a hash of all that makes a request the same request."""
    headers = sorted(pair for pair in request.headers.items() if pair[0] not in UNTOLD)
    place = (request.method, request.type, request.id, request.operation, request.parameters)
    digest = blake2b(repr((place, headers)).encode(), digest_size=32)
    digest.update(request.body or encode(request.resource or {}))
    return digest.hexdigest()


def kept(answer: FhirResponse) -> Kept:
    """Return an answer as it is kept."""
    version = answer.version
    shows = version is not None and answer.body == version.body
    body = None if shows else answer.body
    text = None if body is None else _text(body)
    return Kept(
        answer.status,
        answer.media_type,
        dict(answer.headers),
        text,
        body if text is None else None,
        answer.location,
        None if version is None else (version.type, version.id, version.number),
        shows,
    )


def _text(body: bytes) -> str | None:
    """Return a body as text, None for one that is none."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def repeated(known: tuple[str, Kept], sent: str, work: UnitOfWork) -> FhirResponse:
    """Return a kept answer, told to be one. Raises Invalid for another request, Gone."""
    request, answer = known
    if request != sent:
        raise Invalid("the Idempotency-Key came with another request", detail="idempotency-key")
    version = None if answer.version is None else work.version(*answer.version)
    if answer.version is not None and version is None:
        raise Gone("the version the answer showed was removed")
    body = answer.data if answer.text is None else answer.text.encode()
    if version is not None and answer.shows:
        body = version.body
    return FhirResponse(
        answer.status,
        body,
        version,
        answer.location,
        answer.media_type,
        answer.headers | {REPLAYED: "true"},
    )
