"""Addresses in a message: `OBX-5.1`, `PID-3(2).4`, `OBX(3)-5`.

The number behind the segment id is its occurrence, the one behind the field its repetition.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from hl7.message import Message, Segment

_ADDRESS = re.compile(
    r"([A-Z][A-Z0-9]{2})(?:\((\d+)\))?(?:-(\d+)(?:\((\d+)\))?(?:\.(\d+)(?:\.(\d+))?)?)?"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a message. Zero means the whole of that level; occurrences start at 1."""

    segment: str
    occurrence: int = 1
    field: int = 0
    repetition: int = 0
    component: int = 0
    subcomponent: int = 0

    def __str__(self) -> str:
        """Return the shortest text of the address."""
        text = self.segment + (f"({self.occurrence})" if self.occurrence > 1 else "")
        if self.field:
            text += f"-{self.field}" + (f"({self.repetition})" if self.repetition > 1 else "")
        if self.component:
            text += f".{self.component}"
        return text + (f".{self.subcomponent}" if self.subcomponent else "")


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address:
    """Return the address; raises ValueError where the text is none."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise ValueError(f"not an address: {text}")
    occurrence, field, repetition, component, subcomponent = (
        int(part) if part else 0 for part in match.groups()[1:]
    )
    return Address(match[1], occurrence or 1, field, repetition, component, subcomponent)


def find_segment(message: Message, address: Address) -> Segment | None:
    """Return the segment the address names, None where there are fewer."""
    named = list(message.named(address.segment))
    return named[address.occurrence - 1] if address.occurrence <= len(named) else None


def value_at(message: Message, text: str) -> str:
    """Return the leaf at the address, the first one where a level is not given."""
    address = parse_address(text)
    segment = find_segment(message, address)
    if segment is None:
        return ""
    return segment.value(
        address.field,
        address.repetition or 1,
        address.component or 1,
        address.subcomponent or 1,
    )
