"""The R4 material that lies beside the repository, where it does: definitions and examples."""

import gzip
from functools import cache
from pathlib import Path

import pytest

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject

SHARED = Path(__file__).resolve().parents[3] / "shared"
R4 = SHARED / "fhir" / "r4"
EXAMPLES = SHARED / "samples" / "fhir" / "r4-examples.ndjson.gz"
SYNTHEA = SHARED / "samples" / "synthea"

needs_material = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the R4 definitions and examples are not beside the repository"
)


@cache
def example_lines() -> tuple[bytes, ...]:
    """Return the official R4 examples, one JSON text each."""
    with gzip.open(EXAMPLES) as file:
        return tuple(line.rstrip(b"\n") for line in file)


@cache
def examples() -> tuple[JsonObject, ...]:
    """Return the official R4 examples, decoded."""
    return tuple(decode(line) for line in example_lines())


def synthea_bundles() -> list[JsonObject]:
    """Return the Synthea bundles, decoded."""
    return [decode(gzip.decompress(path.read_bytes())) for path in sorted(SYNTHEA.glob("*.gz"))]
