"""The built-in cases by name: the claims, the map they belong to, and their interchange."""

from dataclasses import dataclass

from mappers.fhir_x12.fidelity import RoundTrip
from mappers.fhir_x12.fidelity_837 import ROUND_TRIPS, HeldClaims
from mappers.path import JsonObject
from mappers.x12.writer import SetBody, write
from tests.unit.mappers.fhir_x12.case import ENVELOPE


@dataclass(frozen=True)
class Scenario:
    """A case and its map."""

    trip: RoundTrip[HeldClaims]
    claims: HeldClaims

    def written(self) -> bytes:
        """Return the interchange."""
        return write(self.trip.guide, [SetBody("0001", self.trip.write(self.claims))], ENVELOPE)

    def others(self) -> list[JsonObject]:
        """Return the resources beside the claim."""
        return [one for one in self.claims.resources.values() if one["resourceType"] != "Claim"]


_FOUND = {name: Scenario(trip, held) for trip in ROUND_TRIPS for name, held in trip.cases().items()}
SCENARIOS = tuple(sorted(_FOUND))


def scenario(name: str) -> Scenario:
    """Return a case by its name."""
    return _FOUND[name]
