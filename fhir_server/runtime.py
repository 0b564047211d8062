"""What every part of the server stands on, built once per process.

Nothing in it changes but the edition of the search parameters, which is replaced as a whole.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fhir_server.db.engine import Database
from fhir_server.model.feed import FeedRecord
from fhir_server.model.rest import Context
from fhir_server.model.subset import Subsetter
from fhir_server.search.extract import Extractor
from fhir_server.search.registry import Registry
from fhir_server.search.text.document import DocumentReader
from fhir_server.settings import SettingError, Settings
from fhir_server.store import parameters
from fhir_server.store.edition import Editions
from fhir_server.store.feeds import FeedBook
from fhir_server.store.identity import Clock, Ids, utc_now
from fhir_server.store.reader import Reader
from fhir_server.store.terminology import StoredTerminology
from fhir_server.store.unit_of_work import Store
from fhir_server.terminology.source import Terminology
from fhir_server.transport.choice import Transports
from fhir_server.validation.structure import Validator
from profiles.loader import Definitions, load


@dataclass(frozen=True, slots=True)
class Runtime:
    """Settings, definitions, and the engines that work by them; shared by all threads."""

    settings: Settings
    definitions: Definitions
    editions: Editions
    validator: Validator
    store: Store
    terminology: StoredTerminology
    clock: Clock
    subsetter: Subsetter
    transports: Transports
    feeds: FeedBook

    @property
    def registry(self) -> Registry:
        """The search parameters in force."""
        return self.editions.current(self.settings.tenant).registry

    @property
    def extractor(self) -> Extractor:
        """What indexes by them."""
        return self.editions.current(self.settings.tenant).extractor

    @classmethod
    def build(cls, settings: Settings, clock: Clock = utc_now) -> "Runtime":
        """Return the runtime of these settings. Nothing connects to the database yet.

        Raises SettingError for a time zone that is not known or a database that cannot be used.
        """
        definitions = load()
        base = f"{settings.base_url.rstrip('/')}/fhir" if settings.base_url else ""
        registry = Registry(definitions, _zone(settings.time_zone), base)
        database = Database.open(
            settings.database_url,
            settings.pool_size,
            settings.statement_timeout,
            settings.connection_wait,
        )
        extractor = Extractor(registry)
        editions = Editions(extractor, database)
        hooks = {parameters.TYPE: partial(parameters.maintain, registry=registry)}
        texts = DocumentReader(registry) if settings.text_search else None
        return cls(
            settings,
            definitions,
            editions,
            Validator(definitions),
            Store(database, extractor, clock, Ids(clock), editions, hooks, texts),
            StoredTerminology(registry, settings.expansion_limit),
            clock,
            Subsetter(definitions),
            Transports(settings),
            FeedBook(FeedRecord(settings.feed, processing=(), time_zone=settings.time_zone)),
        )

    def terminology_of(self, reader: Reader) -> Terminology:
        """Return the terminology as a reader sees it."""
        return self.terminology.seen_by(lambda: nullcontext(reader))

    def terminology_for(self, context: Context) -> Terminology:
        """Return the terminology as a context sees it, read by a reader of its own if at all."""
        return self.terminology.seen_by(lambda: self.store.read(context))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingError(f"PARITY_TIME_ZONE is not a time zone known here: {name!r}") from None
