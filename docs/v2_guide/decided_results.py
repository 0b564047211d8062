"""Decided rows of the guide: orders, results, documents, immunizations, medication."""

from docs.v2_guide.decided import Decided

ROWS: tuple[Decided, ...] = ()
