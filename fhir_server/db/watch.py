"""The time limit of a statement on SQLite, which has none of its own."""

import time

STEPS = 20_000
"""Instructions of SQLite between two looks at the clock: a fraction of a millisecond."""


class Watch:
    """Stops the statement of one connection that runs beyond its limit, in milliseconds.

    SQLite asks it every so many steps, and ends the statement when the answer is not 0
    (https://www.sqlite.org/c3ref/progress_handler.html).
    """

    def __init__(self, limit: int) -> None:
        self._seconds = limit / 1000
        self._end = float("inf")

    def start(self) -> None:
        """Begin to measure the next statement."""
        self._end = time.monotonic() + self._seconds

    def stop(self) -> None:
        """Measure nothing until the next statement."""
        self._end = float("inf")

    def __call__(self) -> int:
        """Return 1 when the time is over."""
        return int(time.monotonic() > self._end)
