"""The features of FHIR servers, row by row: what this one does, by its tests, beside others.

`theirs` are marks in the order of SERVERS: Y documented by the project; y known, not read; P
partly; N not; ? not known. They were gathered in 2026 from the projects' own documentation and
issue trackers; the servers go on. Ours is Y or P with the tests that show it, else N.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from docs.evidence import proofs

SERVERS = (
    "HAPI",
    "Medplum",
    "Aidbox",
    "Blaze",
    "Microsoft",
    "Google",
    "HealthLake",
    "Firely",
    "LinuxForHealth 4",
    "Helios",
    "candle",
)
HEAD = ("feature", "**Parity**", *SERVERS, "shown by", "note")


@dataclass(frozen=True)
class Feature:
    """One row; `ours` is what the tests show, `note` what a reader should know besides."""

    name: str
    theirs: str
    ours: Literal["Y", "P", "N"] = "N"
    tests: tuple[str, ...] = ()
    note: str = ""


FEATURES: tuple[Feature, ...] = ()


def rows() -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table. Raises ValueError for a claim without a test."""
    for feature in FEATURES:
        marks = feature.theirs.split()
        if len(marks) != len(SERVERS) or (feature.ours != "N") != bool(feature.tests):
            raise ValueError(f"the row {feature.name} is not whole")
        yield feature.name, f"**{feature.ours}**", *marks, proofs(feature.tests), feature.note
