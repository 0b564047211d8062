"""What judging a large file needs around it: blocks of bytes, a patient collector, the answer."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mappers.x12.acknowledgments import acknowledge
from mappers.x12.envelope import Interchange

_BLOCK = 65_536


def blocks(file: Path) -> Iterator[bytes]:
    """Yield a file in blocks, so that it is never whole in memory."""
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            yield block


@contextmanager
def spare_collector() -> Iterator[None]:
    """Let the collector of cycles look seldom: a stream of segments makes no cycles."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def answer_to(received: Iterable[Interchange], written: datetime) -> bytes:
    """Return TA1 and 999 to interchanges, under the control numbers they came with.

    Nothing is sent: a server takes its own numbers for that.
    """
    answers = (
        acknowledge(
            one,
            interchange_control=_number(one.header.control),
            group_control=_number(one.header.control),
            written=written,
        )
        for one in received
    )
    return b"".join(one for one in answers if one)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 1
