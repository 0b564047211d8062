"""Write X12 strictly: loop trees into guide order, counts computed, anything wrong refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mappers.x12.findings import Finding
from mappers.x12.grammar import Guide
from mappers.x12.lexer import STANDARD, Delimiters
from mappers.x12.tree import Node


class NotWritable(ValueError):
    """The tree breaks its guide; `findings` say where (types and places, no values)."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{one.place}: {one.message}" for one in findings[:3]))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The facts of ISA and GS. Control numbers are allocated by the caller.

    `group_sender`/`group_receiver` (GS02/GS03) repeat the interchange ids unless given.
    """

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    interchange_control: int
    group_control: int
    written: datetime
    usage: Literal["P", "T"] = "P"
    acknowledgment_requested: bool = False
    group_sender: str = ""
    group_receiver: str = ""
    delimiters: Delimiters = STANDARD


@dataclass(frozen=True, slots=True)
class SetBody:
    """One transaction set to be written: ST02 and its root loop (without ST and SE)."""

    control: str
    root: Node


def write(guide: Guide, sets: Sequence[SetBody], envelope: Envelope) -> bytes:
    """Return one interchange with one group of these sets; raise NotWritable if any breaks."""
    raise NotImplementedError


def decimal_text(value: object) -> str:
    """Return a number in its shortest X12 form: `150`, `87.5`, `-0.5`."""
    raise NotImplementedError


def plain(text: str) -> str:
    """Return the text in the X12 character set: accents mapped to ASCII, blanks collapsed."""
    raise NotImplementedError
