"""Every map of X12 that goes both ways, for the fidelity report. Add yours here."""

from collections.abc import Iterator, Sequence

from mappers.fhir_x12 import fidelity_837, fidelity_payer, fidelity_review
from mappers.fhir_x12.fidelity import Kept, Trip
from mappers.path import JsonObject
from mappers.x12.reader import read

MAPS: tuple[Trip, ...] = (
    *fidelity_837.ROUND_TRIPS,
    *fidelity_payer.ROUND_TRIPS,
    *fidelity_review.ROUND_TRIPS,
)


def built_in() -> Iterator[Kept]:
    """Yield every map's own cases, both ways."""
    for one in MAPS:
        yield from one.built_in()


def of_x12(name: str, data: bytes) -> Iterator[Kept]:
    """Yield each transaction set of a file that has a map, sent to FHIR and back."""
    for number, (_, _, one) in enumerate(read(data).sets(), 1):
        for trip in MAPS:
            if one.kind == trip.guide.kind:
                yield trip.of_x12(f"{name}#{number}", one.root)


def of_fhir(name: str, resources: Sequence[JsonObject]) -> Iterator[Kept]:
    """Yield what each map finds among resources, sent to X12 and back."""
    for trip in MAPS:
        yield from trip.of_resources(name, resources)
