"""The moment of a search: all its pages show the resources as they were when the first was read.

What the first page saw is told by the database itself. On PostgreSQL it is the snapshot of the
statement (https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT) and
the transaction that wrote each row, so that a write that was stamped before the moment and
committed after it is told apart. On SQLite writers take turns, and what replaces a version is
stamped in its turn, so the newest stamp tells all that was replaced. A row written since has its
version of the moment in the history.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from fhir_server.search.value import Scalar

STAMP = re.compile(r"[0-9]{1,18}")
SNAPSHOT = re.compile(r"([0-9]{1,18}):([0-9]{1,18}):((?:[0-9]{1,18}(?:,[0-9]{1,18})*)?)")
RUNNING = 60_000_000
"""Microseconds that a transaction open at the moment can have been running."""
STAMPED = 5_000_000
"""Microseconds by which clocks and a stamp may differ from the begin of its transaction."""
NODE_BITS = 11
"""Low bits of an internal key below its microseconds (`store.identity`)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the first page was read.

    `taken` is the server's clock just after that, in microseconds since 1970; `mark` is what the
    database had written: a snapshot of PostgreSQL, the newest stamp of SQLite.
    """

    taken: int
    mark: str

    @property
    def values(self) -> Mapping[str, Scalar]:
        """The constants that the conditions of this module bind, on either database."""
        snapshot = SNAPSHOT.fullmatch(self.mark)
        lowest, next_one = (int(snapshot[1]), int(snapshot[2])) if snapshot else (0, 0)
        quiet = lowest == next_one
        return {
            "moment_stamp": int(self.mark) if snapshot is None else self.taken,
            "moment_before": self.taken - (STAMPED if quiet else RUNNING),
            "moment_snapshot": self.mark if snapshot else "1:1:",
            "moment_next": next_one,
            "moment_taken": self.taken,
            "moment_key": self.taken + 1 << NODE_BITS,
        }


def is_mark(text: str) -> bool:
    """Whether a text could be the mark of a moment, on one of the databases."""
    if STAMP.fullmatch(text):
        return True
    match = SNAPSHOT.fullmatch(text)
    if match is None:
        return False
    lowest, next_one = int(match[1]), int(match[2])
    running = [int(one) for one in match[3].split(",") if one]
    ordered = all(one < other for one, other in pairwise(running))
    within = all(lowest <= one < next_one for one in running)
    return 0 < lowest <= next_one and ordered and within
