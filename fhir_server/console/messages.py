"""The page at /console/messages: the queue of HL7 v2 by feed and state, and codes without a row.

Like the front page it is open to everybody who reaches the server and shows nothing of a patient:
the messages themselves are at /v2/messages and told by `parity v2 queue`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import flask

from fhir_server.console.home import SECURITY
from fhir_server.model.message import MEANING, STATES, WAITING
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import message_queue, message_search, unmapped_codes
from fhir_server.store.unmapped_codes import Unmapped

PATH = "/console/messages"
FAILED = ("parse_error", "map_error", "rejected")


@dataclass(frozen=True, slots=True)
class Queue:
    """What the page shows: counts by feed and state, how long messages wait, codes."""

    counts: Mapping[tuple[str, str], int]
    waiting: int
    oldest: datetime | None
    codes: Sequence[Unmapped]


def messages_blueprint(runtime: Runtime) -> flask.Blueprint:
    """Return the page."""
    page = flask.Blueprint("messages", __name__, template_folder="templates")

    @page.get(PATH)
    def messages() -> flask.Response:
        queue = read_queue(runtime)
        minutes = 0
        if queue.oldest is not None:
            minutes = int((runtime.clock() - queue.oldest).total_seconds() // 60)
        text = flask.render_template(
            "messages.html",
            queue=queue,
            minutes=minutes,
            meaning=[(state, MEANING[state]) for state in STATES],
            failed=FAILED,
        )
        return flask.Response(text, headers=SECURITY, content_type="text/html; charset=utf-8")

    return page


def read_queue(runtime: Runtime) -> Queue:
    """Return what the page shows. Raises Unavailable."""
    with runtime.store.read(Context(tenant=runtime.settings.tenant)) as reader:
        return Queue(
            message_search.counts(reader),
            message_queue.length(reader),
            message_search.oldest(reader, WAITING),
            unmapped_codes.listed(reader),
        )
