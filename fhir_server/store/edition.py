"""The search parameters in force: the standard's and a tenant's own, as one immutable edition.

Each change of a tenant's parameters counts its generation up in the commit that makes it. Whoever
writes names the generation it has indexed by, and the database refuses another one (`Outdated`):
the unit of work then runs again with the edition it has to have. So no write that begins after
such a change misses it, whatever another process knows, and a write costs no statement more. Who
reads looks at the number about once a second.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import and_, bindparam, select

from fhir_server.db.engine import Database
from fhir_server.db.session import Session
from fhir_server.db.tables import search_generation as generation
from fhir_server.db.tables import search_parameter as table
from fhir_server.search.custom import Custom, additions_of
from fhir_server.search.extract import Extractor
from fhir_server.search.registry import Registry
from profiles.typed import TypedReader

FRESH_SECONDS = 1.0
"""How long a reader goes by what it knows."""
NUMBER = select(generation.c.number).where(generation.c.tenant == bindparam("owner"))
INDEXED = ("building", "active")
PARAMETERS = (
    select(table.c.id, table.c.state, table.c.job, table.c.definition)
    .where(and_(table.c.tenant == bindparam("owner"), table.c.state.in_(INDEXED)))
    .order_by(table.c.id)
)
_CUSTOM = TypedReader(Custom)


@dataclass(frozen=True, slots=True)
class Edition:
    """What resources of a tenant are indexed and searched by, in one generation."""

    number: int
    extractor: Extractor

    @property
    def registry(self) -> Registry:
        """The parameters themselves."""
        return self.extractor.registry


class Editions:
    """The editions this process knows, by tenant; shared by its threads.

    A dictionary whose values are replaced as a whole: nobody waits for anybody. `standard` is the
    extractor of the standard's parameters.
    """

    def __init__(self, standard: Extractor, database: Database) -> None:
        self.standard = standard
        self._database = database
        self._known: dict[int, tuple[Edition, float]] = {}

    def known(self, tenant: int, session: Session) -> Edition:
        """Return the edition a write begins with; the database judges whether it is the newest."""
        known = self._known.get(tenant)
        return known[0] if known is not None else self._look(tenant, session)

    def current(self, tenant: int, session: Session | None = None) -> Edition:
        """Return the edition to search by, at most a second old."""
        known = self._known.get(tenant)
        if known is not None and time.monotonic() - known[1] < FRESH_SECONDS:
            return known[0]
        if session is not None:
            return self._look(tenant, session)
        with self._database.session() as lent:
            return self._look(tenant, lent)

    def newest(self, tenant: int) -> Edition:
        """Return the edition in force at this moment."""
        with self._database.session() as lent:
            return self._look(tenant, lent)

    def forget(self, tenant: int) -> None:
        """Let the next one look anew: what is known is outdated."""
        self._known.pop(tenant, None)

    def load(self, tenant: int, session: Session) -> Edition:
        """Return the edition as this session sees it, for itself alone."""
        number = generation_of(session, tenant)
        if not number:
            return Edition(0, self.standard)
        rows = session.execute(PARAMETERS, {"owner": tenant})
        added = additions_of([_added(tuple(row)) for row in rows])
        return Edition(number, Extractor(self.standard.registry.with_added(added)))

    def _look(self, tenant: int, session: Session) -> Edition:
        known, now = self._known.get(tenant), time.monotonic()
        number = generation_of(session, tenant)
        if known is None or known[0].number < number:
            edition = self.load(tenant, session)
        else:  # an older number is that of a snapshot, which is not what others should go by
            edition = known[0]
        self._known[tenant] = (edition, now)
        return edition


def generation_of(session: Session, tenant: int) -> int:
    """Return how often the search parameters of a tenant have changed, as the session sees it."""
    rows = session.execute(NUMBER, {"owner": tenant})
    return cast("int", rows[0][0]) if rows else 0


def slot_code(code: str, id: int) -> str:
    """Return the code under which the rows of one parameter's one definition are.

    A definition that changes gets rows of its own, so that none of the old ones answers.
    """
    return f"{code}#{id}"


def _added(row: Sequence[object]) -> tuple[Custom, str, int | None]:
    id, state, job, definition = cast("tuple[int, str, int, str]", tuple(row))
    custom = _CUSTOM.decode(definition)
    return custom, slot_code(custom.code, id), job if state == "building" else None
