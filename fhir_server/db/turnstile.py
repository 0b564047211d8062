"""First come, first served: the one writer SQLite allows, shared fairly by the threads."""

import threading
from collections import deque
from types import TracebackType

from fhir_server.outcome import Throttled


class Turnstile:
    """A lock that is handed to the thread that has waited longest.

    SQLite itself makes waiting writers poll, so that one starves while others pass. Entering
    raises Throttled after `patience` seconds.
    """

    def __init__(self, patience: float = 30.0) -> None:
        self._patience = patience
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        if not turn.wait(self._patience):
            self._leave_queue(turn)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def acquire(self) -> None:
        """Wait for the turn."""
        self.__enter__()

    def release(self) -> None:
        """Hand the turn to the next in line."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False

    def _leave_queue(self, turn: threading.Event) -> None:
        with self._guard:
            if turn.is_set():
                return
            self._waiting.remove(turn)
        raise Throttled(f"no turn to write within {self._patience * 1000:.0f} ms")
