"""Run the roles of one installation as child processes: start, watch, restart, stop together."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from fhir_server.settings import SettingError

log = logging.getLogger("parity.supervisor")

STOP_SECONDS = 20.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0


class CannotStart(SettingError):
    """A role of the installation cannot start with these settings and options."""


@dataclass
class Child:
    """One role: its command, its process, and the pause before it is started again."""

    role: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = field(default=FIRST_PAUSE)
    starts: int = 0


class Supervisor:
    """Keeps its children running until it is told to stop (SIGTERM, SIGINT)."""

    def __init__(self, commands: Mapping[str, Sequence[str]]) -> None:
        self.children = [Child(role, command) for role, command in commands.items()]
        self.stopping = False
        self.failed = ""

    def run(self) -> None:
        """Start every child and return when all have stopped.

        Raises CannotStart when a role ends by itself at its first start: its port is taken, say.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            for child in self.children:
                self._watch(child)
            time.sleep(0.1)
        self._end()
        if self.failed:
            raise CannotStart(f"the {self.failed} role cannot start; its last line above says why")

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.stopping = True

    def _watch(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                self._start(child, now)
            return
        status = child.process.poll()
        if status is None:
            return
        if status > 0 and not child.starts and now - child.started < STEADY_SECONDS:
            self.failed, self.stopping = child.role, True
            child.process = None
            return
        child.starts += 1
        child.pause = FIRST_PAUSE if now - child.started > STEADY_SECONDS else child.pause * 2
        child.pause = min(child.pause, LONGEST_PAUSE)
        log.warning("role=%s ended status=%s restart_in=%.1fs", child.role, status, child.pause)
        child.process, child.due = None, now + child.pause

    def _start(self, child: Child, now: float) -> None:
        child.process = subprocess.Popen(  # noqa: S603  the command is our own executable
            [sys.executable, "-m", "fhir_server", *child.command],
            env=dict(os.environ),
            process_group=0,  # Ctrl-C reaches the supervisor alone, which stops each child once
        )
        child.started = now
        log.info("role=%s started pid=%s", child.role, child.process.pid)

    def _end(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
