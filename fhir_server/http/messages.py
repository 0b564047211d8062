"""HL7 v2 messages over HTTP: found, shown, tried, mended and applied again; codes resolved."""

from datetime import timedelta

import msgspec

from fhir_server.http.endpoint import Call, Endpoint
from fhir_server.http.negotiate import JSON, check_body_type
from fhir_server.http.v2 import BODY_TYPES
from fhir_server.intake.v2_code import resolve_code
from fhir_server.intake.v2_dry_run import try_message
from fhir_server.intake.v2_queue import apply_again, queue_again, resubmit
from fhir_server.intake.v2_told import code_told, listed, moment, shown, tried
from fhir_server.model.codec import encode
from fhir_server.model.message import STATES
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import BadRequest, Malformed, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import feeds, message_search, unmapped_codes
from fhir_server.store.feed_codes import CodeRow
from fhir_server.store.message_search import Wanted
from profiles.typed import TypedReader

MOST_LISTED = 500
MOST_AGAIN = 100_000
_ROWS = TypedReader(list[CodeRow])


def list_messages(call: Call, runtime: Runtime) -> FhirResponse:
    """Return the messages that are asked for, newest first, and where the next page begins.

    Parameters: mrn, order, control, feed, state (several by commas), since, until, older-than
    (minutes), before (a message), count.
    """
    with runtime.store.read(call.context) as reader:
        found = message_search.find(reader, wanted_of(call, runtime))
    rows: list[JsonValue] = [listed(one) for one in found]
    return _json({"messages": rows, "next": str(found[-1].id) if found else ""})


def get_message(call: Call, runtime: Runtime) -> FhirResponse:
    """Return a message with what became of it. Raises NotFound."""
    with runtime.store.read(call.context) as reader:
        return _json(shown(reader, _id(call)))


def reprocess_message(call: Call, runtime: Runtime) -> FhirResponse:
    """Apply a message again, by its feed as it is now. Raises NotFound, Invalid."""
    done = apply_again(_id(call), runtime, call.context)
    return _json({"id": str(done.exchange), "state": done.state, "reason": done.reason})


def reprocess_messages(call: Call, runtime: Runtime) -> FhirResponse:
    """Queue the messages that are asked for, as `list_messages` finds them, to be applied again.

    Raises BadRequest where nothing is asked for: that would be every message.
    """
    wanted = wanted_of(call, runtime, most=MOST_AGAIN)
    if not (wanted.names or wanted.states):
        raise BadRequest("say which messages: by state, feed, code, mrn, order or control")
    with runtime.store.read(call.context) as reader:
        ids = [one.id for one in message_search.find(reader, wanted)]
    return _json({"queued": queue_again(ids, runtime, call.context)}, 202)


def resubmit_message(call: Call, runtime: Runtime) -> FhirResponse:
    """Take in a mended copy of a message; the original stays. Raises NotFound, Conflict."""
    check_body_type(call.http.headers.get("content-type"), BODY_TYPES)
    made = resubmit(_id(call), call.http.body, runtime, call.context)
    return _json({"id": str(made.exchange), "state": made.state, "reason": made.reason})


def dry_run(call: Call, runtime: Runtime) -> FhirResponse:
    """Tell what a message would make and change, by its own feed or the one named by `feed`."""
    check_body_type(call.http.headers.get("content-type"), BODY_TYPES)
    name = call.http.parameter("feed")
    if name:
        runtime.feeds.forget()
    known = runtime.feeds.known(lambda: runtime.store.read(call.context))
    if name and name not in known:
        raise NotFound(f"feed {name} is not known")
    feed = known[name] if name else None
    return _json(tried(try_message(call.http.body, runtime, call.context, feed=feed)))


def list_codes(call: Call, runtime: Runtime) -> FhirResponse:
    """Return the codes of a feed that wait for a row. Raises NotFound."""
    id = call.arguments["id"]
    with runtime.store.read(call.context) as reader:
        if id != runtime.feeds.default:
            feeds.get(reader, id)
        rows: list[JsonValue] = [code_told(one) for one in unmapped_codes.listed(reader, id)]
    return _json({"codes": rows})


def put_codes(call: Call, runtime: Runtime) -> FhirResponse:
    """Put rows into the ConceptMap of a feed; with `reprocess` their messages are queued again.

    A row is `{"table", "code", "target", "system"}`; an empty target says that there is none.
    """
    check_body_type(call.http.headers.get("content-type"), (JSON,))
    try:
        rows = _ROWS.decode(call.http.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"the body must be a list of rows: {error}") from None
    waiting: set[int] = set()
    for row in rows:
        waiting |= set(resolve_code(call.arguments["id"], row, runtime, call.context))
    if call.http.parameter("reprocess") == "true":
        queue_again(sorted(waiting), runtime, call.context)
    return _json({"rows": len(rows), "waiting": len(waiting)})


def wanted_of(call: Call, runtime: Runtime, most: int = MOST_LISTED) -> Wanted:
    """Return what a request asks for. Raises BadRequest."""
    text = {name: call.http.parameter(name) or "" for name in PARAMETERS}
    states = tuple(one for one in text["state"].split(",") if one)
    unknown = sorted(set(states) - set(STATES))
    if unknown:
        raise BadRequest(f"no such state: {', '.join(unknown)}; there are {', '.join(STATES)}")
    until = moment(text["until"], "until") if text["until"] else None
    if text["older-than"]:
        until = runtime.clock() - timedelta(minutes=_number(text["older-than"], "older-than"))
    feed, table, code = text["feed"], text["table"], text["code"]
    return Wanted(
        mrn=text["mrn"],
        order=text["order"],
        control=text["control"],
        code=unmapped_codes.name_of((feed, table, code)) if code else "",
        feed=feed,
        states=states,
        since=moment(text["since"], "since") if text["since"] else None,
        until=until,
        before=_number(text["before"], "before") if text["before"] else 0,
        limit=min(_number(text["count"], "count"), most)
        if text["count"]
        else (50 if most == MOST_LISTED else most),
    )


PARAMETERS = (
    *("mrn", "order", "control", "feed", "table", "code", "state", "since", "until"),
    *("older-than", "before", "count"),
)
OPERATOR = (("*", "cruds"),)
ENDPOINTS = (
    Endpoint("/v2/messages", "GET", (("*", "rs"),), list_messages),
    Endpoint("/v2/messages/<id>", "GET", (("*", "r"),), get_message),
    Endpoint("/v2/messages/<id>/reprocess", "POST", OPERATOR, reprocess_message),
    Endpoint("/v2/messages/<id>/resubmit", "POST", OPERATOR, resubmit_message),
    Endpoint("/v2/reprocess", "POST", OPERATOR, reprocess_messages),
    Endpoint("/v2/dry-run", "POST", OPERATOR, dry_run),
)
CODES = (
    Endpoint("/api/feeds/<id>/codes", "GET", OPERATOR, list_codes),
    Endpoint("/api/feeds/<id>/codes", "POST", OPERATOR, put_codes),
)


def _id(call: Call) -> int:
    return _number(call.arguments["id"], "")


def _number(text: str, name: str) -> int:
    """Return a whole number. Raises BadRequest, or NotFound for the id of a message."""
    if text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) < 1 << 63:
        return int(text)
    raise BadRequest(f"{name} must be a whole number") if name else NotFound("no such message")


def _json(value: JsonObject, status: int = 200) -> FhirResponse:
    return FhirResponse(status, encode(value), media_type=JSON)
