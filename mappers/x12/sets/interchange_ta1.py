"""The verdict on an interchange, TA1: a segment between ISA and the first group, in no set."""

from mappers.x12.grammar import must, need

NOTES = tuple(f"{number:03d}" for number in range(32))
USE = must(
    "TA1", "interchange verdict", need(1), need(2), need(3), need(4, *"AER"), need(5, *NOTES)
)
