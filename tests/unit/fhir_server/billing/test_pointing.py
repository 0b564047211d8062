"""From what a 999 says, in four characters of a loop's name, to the FHIR element."""

from datetime import UTC, datetime

import pytest

from fhir_server.billing.pointing import Pointer, pointer, set_sent
from mappers.x12.acknowledgments import acknowledge
from mappers.x12.reader import read
from mappers.x12.responses import group_response
from tests.unit.mappers.x12.rules.vector import CLAIM, swap

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
CASES = {
    "payer missing": ("NM1*PR*2*ACME HEALTH*****PI*ACME1~=>", "2010BB NM1", "Coverage.payor"),
    "billing id": ("NM1*85*2*=>NM1*85*7*", "2010AA NM102", "Claim.provider"),
    "subscriber": ("NM1*IL*1*=>NM1*IL*7*", "2010BA NM102", "Coverage.subscriber"),
    "diagnoses missing": ("HI*ABK:F331*ABF:F411~=>", "2300 HI", "Claim.diagnosis"),
    "place of service": ("10:B:1=>10:Z:1", "2300 CLM05-2", "Claim.type"),
    "line missing": ("SV1*HC:90837:95*150*UN*1***1~=>", "2400 SV1", "Claim.item[0]"),
}


def pointed(sent: bytes) -> list[Pointer]:
    answer = acknowledge(
        read(sent).interchanges[0], interchange_control=1, group_control=1, written=NOW
    )
    assert answer is not None
    (response,) = group_response(next(read(answer).sets())[2]).sets
    one = set_sent(sent, response.control)
    assert one is not None
    return [pointer(error, one) for error in response.errors]


@pytest.mark.parametrize("name", CASES)
def test_place_of_a_999_is_found_in_what_was_sent(name: str) -> None:
    change, place, path = CASES[name]
    found = pointed(swap(CLAIM, change))
    assert (place, path) in [(one.place.partition(" at ")[0], one.path) for one in found]
