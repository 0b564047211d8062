"""Gunicorn's threaded worker, whose threads stay with the clients that ask without a pause."""

import select
import threading

from gunicorn.workers.gthread import TConn, ThreadWorker

LINGER = 10
"""Milliseconds a thread stays with a connection it has answered."""
SLICE = 2
"""Milliseconds after which a thread that stays looks whether others wait for one."""


class KeepingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Answers the next request of a connection in the same thread when it comes at once.

    Gunicorn gives an answered connection back to its main thread, which waits on all of them and
    hands the next request to a thread again: four changes of thread a request. Here the thread
    waits a moment itself, unless a connection waits for a thread.
    """

    def init_process(self) -> None:
        """Count from nothing in each process."""
        self._handed = 0  # by the main thread alone
        self._begun = 0
        self._counting = threading.Lock()
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Hand a connection to the threads."""
        self._handed += 1
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> object:
        """Answer what a connection asks, until it pauses; return what gunicorn is to do with it."""
        with self._counting:
            self._begun += 1
        answered = super().handle(conn)
        while answered is True and self._asks_again(conn):
            answered = super().handle(conn)
        return answered

    def _asks_again(self, conn: TConn) -> bool:
        socket = select.poll()
        socket.register(conn.sock, select.POLLIN)
        for _ in range(LINGER // SLICE):
            if not self.alive or self._handed > self._begun:
                return False
            if socket.poll(SLICE):
                return True
        return False
