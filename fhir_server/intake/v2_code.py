"""A code without a row, resolved: the row is put into the ConceptMap of its feed.

The messages that hold the code stay as they are until they are applied again.
"""

from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.rest import Context
from fhir_server.outcome import NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import message_search, unmapped_codes
from fhir_server.store.feed_codes import TYPE, CodeRow, map_id, with_row
from fhir_server.store.message_search import Wanted
from fhir_server.store.unit_of_work import UnitOfWork

MOST = 100_000
"""Messages of one code that are applied again at once."""


def resolve_code(feed: str, row: CodeRow, runtime: Runtime, context: Context) -> list[int]:
    """Put a row into the ConceptMap of a feed; return the messages that wait for it.

    Raises NotFound for a feed that is not known.
    """
    place = (feed, row.table, row.code)

    def action(work: UnitOfWork) -> list[int]:
        if feed not in runtime.feeds.read(work):
            raise NotFound(f"feed {feed} is not known")
        work.claim(f"{TYPE}/{map_id(feed)}")
        current = work.current(TYPE, map_id(feed))
        known = None if current is None or current.deleted else decode(current.body)
        save(with_row(known, feed, row), work, runtime)
        unmapped_codes.remove(work, place)
        name = unmapped_codes.name_of(place)
        wanted = Wanted(code=name, states=("code_unmapped",), limit=MOST)
        return [one.id for one in message_search.find(work, wanted)]

    waiting = runtime.store.transact(context, action)
    runtime.feeds.forget()
    return sorted(waiting)
