"""If-Match and If-None-Match of what the configuration API keeps: they hold as for resources."""

from collections.abc import Callable
from hashlib import sha256

from fhir_server.http.endpoint import Call
from fhir_server.interactions.etag import ANY, parse_tags, require_if_match
from fhir_server.outcome import NotFound, PreconditionFailed
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork


def tag_of(body: bytes) -> str:
    """Return the ETag of a body: the hash of its content."""
    return sha256(body).hexdigest()[:32]


def check_condition(
    call: Call, name: str, read: Callable[[], bytes], work: UnitOfWork, runtime: Runtime
) -> None:
    """Hold a row against others and refuse what the headers do not allow.

    `name` is its kind and id (`partner harbor`); `read` returns its body, or raises NotFound where
    there is none. Raises PreconditionFailed.
    """
    work.claim(name)
    try:
        current = tag_of(read())
    except NotFound:
        current = ""
    kind = name.partition(" ")[0]
    if_match = call.http.headers.get("if-match")
    if_none_match = call.http.headers.get("if-none-match")
    if current:
        require_if_match(if_match, runtime.settings)
    if if_match is not None and not _names(if_match, current):
        told = "changed meanwhile: read it again" if current else "is not there"
        raise PreconditionFailed(f"If-Match does not hold: the {kind} {told}", detail="if-match")
    if if_none_match is not None and _names(if_none_match, current):
        raise PreconditionFailed(
            f"If-None-Match does not hold: the {kind} is there", detail="if-none-match"
        )


def _names(header: str, tag: str) -> bool:
    tags = parse_tags(header)
    return bool(tag) and (tag in tags or ANY in tags)
