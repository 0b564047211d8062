"""Lines of NDJSON judged and indexed by several processes, in the order of the file.

Reading, judging and indexing a resource costs more than storing it, so other processes do it and
the one that loads stores what they hand back. A few batches are on their way at a time, so that
memory holds no more than those.
"""

import gc
import multiprocessing
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from fhir_server.bulk.load import Candidate, Refusal, check_resource
from fhir_server.bulk.source import lines
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import FhirError, Unavailable
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.prepare import Prepared, prepare

BATCH = 250
"""Lines handed to a process at once."""
START = "fork" if sys.platform == "linux" else "spawn"
"""How a process comes to be: a fork has everything loaded. It opens a database of its own."""
AHEAD = 3
"""Batches on their way for each process."""
LOST = "a process that judged lines was ended from outside; load again with --processes 1"
GARBAGE = 50_000
"""Objects made before garbage is looked for: resources hold no circles."""

Line = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Ready:
    """A resource ready to be stored: the line it stands on, and what it is made of."""

    file: str
    line: int
    text: bytes
    wish: Prepared

    @property
    def type(self) -> str:
        """The resource type."""
        return self.wish.type

    @property
    def id(self) -> str:
        """The id it is stored under."""
        return self.wish.id

    @property
    def resource(self) -> JsonObject:
        """The resource itself."""
        return decode(self.text)

    def refusal(self, error: FhirError) -> Refusal:
        """Return what to tell when it is not stored."""
        return Candidate(self.file, self.line, self.resource).refusal(error)


def prepared(path: Path, settings: Settings, processes: int) -> Iterator[list[Ready | Refusal]]:
    """Yield what the lines of a file hold, a batch at a time.

    Raises OSError; Unavailable when one of the processes died.
    """
    try:
        yield from _prepared(path, settings, processes)
    except BrokenProcessPool:
        raise Unavailable(LOST) from None


def _prepared(path: Path, settings: Settings, processes: int) -> Iterator[list[Ready | Refusal]]:
    rest = lines(path)
    batches = iter(lambda: list(islice(rest, BATCH)), [])
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context(START)) as pool:
        waiting: deque[tuple[list[Line], Future[list[Prepared | Refusal]]]] = deque()
        for batch in batches:
            waiting.append((batch, pool.submit(prepare_lines, settings, path.name, batch)))
            if len(waiting) >= processes * AHEAD:
                yield _ready(path.name, *waiting.popleft())
        while waiting:
            yield _ready(path.name, *waiting.popleft())


def prepare_lines(settings: Settings, file: str, batch: Sequence[Line]) -> list[Prepared | Refusal]:
    """Judge and index lines; runs in a process of its own."""
    runtime = _runtime(settings)
    return [_prepare_line(runtime, file, number, text) for number, text in batch]


def _prepare_line(runtime: Runtime, file: str, number: int, text: bytes) -> Prepared | Refusal:
    candidate = Candidate(file, number, {})
    try:
        candidate = Candidate(file, number, decode(text))
        check_resource(candidate, runtime)
    except FhirError as error:
        return candidate.refusal(error)
    id = candidate.id or runtime.store.ids.resource_id()
    tenant = runtime.settings.tenant
    edition = runtime.editions.current(tenant)
    return prepare(
        candidate.type, id, candidate.resource, edition.extractor, tenant, edition.number
    )


def _ready(
    file: str, batch: Sequence[Line], future: Future[list[Prepared | Refusal]]
) -> list[Ready | Refusal]:
    return [
        one if isinstance(one, Refusal) else Ready(file, number, text, one)
        for (number, text), one in zip(batch, future.result(), strict=True)
    ]


@cache
def _runtime(settings: Settings) -> Runtime:
    """Return the runtime of a process that prepares."""
    runtime = Runtime.build(settings)
    gc.freeze()
    gc.set_threshold(GARBAGE)
    return runtime
