"""The configuration API of HL7 v2 feeds: /api/feeds.

A feed's ETag is the hash of its content; If-Match and If-None-Match hold as for resources.
"""

import msgspec

from fhir_server.http.condition import check_condition, tag_of
from fhir_server.http.endpoint import Call, Endpoint
from fhir_server.http.forms import FEED_ID, read_feed
from fhir_server.http.negotiate import JSON, check_body_type
from fhir_server.model.feed import FeedRecord
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import BadRequest, Invalid, Issue
from fhir_server.runtime import Runtime
from fhir_server.store import feeds
from fhir_server.store.unit_of_work import UnitOfWork


def list_feeds(call: Call, runtime: Runtime) -> FhirResponse:
    """Return every feed by id."""
    with runtime.store.read(call.context) as reader:
        found = feeds.known(reader)
    body = msgspec.json.encode({"feeds": list(found.values())})
    return FhirResponse(200, body, media_type=JSON)


def get_feed(call: Call, runtime: Runtime) -> FhirResponse:
    """Return one feed. Raises NotFound."""
    with runtime.store.read(call.context) as reader:
        return _shown(feeds.get(reader, call.arguments["id"]))


def put_feed(call: Call, runtime: Runtime) -> FhirResponse:
    """Add a feed, or replace the one with this id.

    Raises Malformed, PreconditionFailed; Invalid with an issue for every wrong member.
    """
    check_body_type(call.http.headers.get("content-type"), (JSON,))
    id = call.arguments["id"]
    if FEED_ID.fullmatch(id) is None:
        raise BadRequest("a feed's id is 1 to 50 letters, digits, dots and hyphens")
    feed = read_feed(call.http.body, id)

    def put(work: UnitOfWork) -> None:
        _check(call, id, work, runtime)
        check_port(feed, work)
        feeds.put(work, feed)

    runtime.store.transact(call.context, put)
    runtime.feeds.forget()
    return _shown(feed)


def delete_feed(call: Call, runtime: Runtime) -> FhirResponse:
    """Remove a feed; its messages stay. Raises NotFound, PreconditionFailed."""
    id = call.arguments["id"]

    def remove(work: UnitOfWork) -> None:
        _check(call, id, work, runtime)
        feeds.remove(work, id)

    runtime.store.transact(call.context, remove)
    runtime.feeds.forget()
    return FhirResponse(204)


def check_port(feed: FeedRecord, work: UnitOfWork) -> None:
    """Refuse a port that another feed listens on. Raises Invalid."""
    if feed.listen is None:
        return
    for other in feeds.known(work).values():
        taken = other.listen is not None and other.listen.port == feed.listen.port
        if taken and other.id != feed.id:
            told = f"listen.port: feed {other.id} listens there already"
            issue = Issue("error", "duplicate", told, "listen.port", "bad-member")
            raise Invalid("this is no feed", issues=[issue])


ADMINISTRATOR = (("*", "cruds"),)
ENDPOINTS = (
    Endpoint("/api/feeds", "GET", ADMINISTRATOR, list_feeds),
    Endpoint("/api/feeds/<id>", "GET", ADMINISTRATOR, get_feed),
    Endpoint("/api/feeds/<id>", "PUT", ADMINISTRATOR, put_feed),
    Endpoint("/api/feeds/<id>", "DELETE", ADMINISTRATOR, delete_feed),
)


def _check(call: Call, id: str, work: UnitOfWork, runtime: Runtime) -> None:
    def read() -> bytes:
        return msgspec.json.encode(feeds.get(work, id))

    check_condition(call, f"feed {id}", read, work, runtime)


def _shown(feed: FeedRecord) -> FhirResponse:
    body = msgspec.json.encode(feed)
    return FhirResponse(200, body, media_type=JSON, headers={"ETag": f'"{tag_of(body)}"'})
