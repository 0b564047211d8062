"""What judging a large file needs around it: blocks of bytes, a patient collector, the answer."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mappers.x12.acknowledgments import acknowledge, answer_envelope
from mappers.x12.claim_acknowledgment import ClaimAcknowledgment
from mappers.x12.claim_verdict import CLAIM
from mappers.x12.envelope import (
    GroupHeader,
    Interchange,
    InterchangeHeader,
    SetHeader,
    TransactionSet,
)
from mappers.x12.findings import Finding
from mappers.x12.reader import Unit, read_stream
from mappers.x12.sets import STATUS_277CA
from mappers.x12.writer import NotWritable, SetBody, write

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


def statuses_to(
    chunks: Iterable[bytes], errors: Sequence[Sequence[Finding]], written: datetime
) -> bytes:
    """Return the 277CAs to the claims of a file, read once more: an interchange for each.

    `errors` are those of its sets, in their order. The control numbers are those it came with.
    Nothing for an interchange whose sender cannot be addressed.
    """
    answers: list[bytes] = []
    bodies: list[SetBody] = []
    group: GroupHeader | None = None
    number, made = -1, ClaimAcknowledgment((), written)
    for part in read_stream(chunks):
        match part:
            case GroupHeader():
                group = group or part
            case SetHeader():
                number += 1
                made = ClaimAcknowledgment(errors[number], written)
            case Unit(node, above) if node.id == CLAIM:
                made.take(node, above)
            case TransactionSet() if not made.is_empty:
                bodies.append(SetBody(f"{len(bodies) + 1:04d}", made.root(f"{number + 1:04d}")))
            case Interchange():
                answers.append(_statuses(bodies, part.header, group, written))
                bodies, group = [], None
            case _:
                continue
    return b"".join(answers)


def _statuses(
    bodies: Sequence[SetBody],
    header: InterchangeHeader,
    group: GroupHeader | None,
    written: datetime,
) -> bytes:
    if not bodies:
        return b""
    control = _number(header.control)
    try:
        return write(
            STATUS_277CA, bodies, answer_envelope(header, group, control, control, written)
        )
    except NotWritable:
        return b""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 1
