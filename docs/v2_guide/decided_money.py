"""Decided rows of the guide: appointments, accounts, coverage."""

from docs.v2_guide.decided import Decided

ROWS: tuple[Decided, ...] = ()
