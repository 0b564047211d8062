"""Decided rows of the guide: envelope, persons and visits."""

from docs.v2_guide.decided import Decided

ROWS: tuple[Decided, ...] = ()
