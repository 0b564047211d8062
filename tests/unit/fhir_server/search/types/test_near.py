import math
from decimal import Decimal

import pytest

from fhir_server.model.place import distance
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.types.near import Circle
from tests.unit.fhir_server.search.sample import finds, query, rows


def location(latitude: str, longitude: str) -> JsonObject:
    position: JsonObject = {"latitude": Decimal(latitude), "longitude": Decimal(longitude)}
    return {"resourceType": "Location", "id": "1", "position": position}


PARIS = location("48.8566", "2.3522")


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ((48.8566, 2.3522), (51.5074, -0.1278), 343.56),  # Paris to London
        ((40.6413, -73.7781), (33.9416, -118.4085), 3974.3),  # New York to Los Angeles
        ((0, 179.5), (0, -179.5), math.pi * 6371.0088 / 180),
        ((90, 0), (-90, 77), math.pi * 6371.0088),
        ((0, 0), (0, 180), math.pi * 6371.0088),
        ((10, 10), (10, 10), 0),
    ],
)
def test_distance_is_that_of_a_great_circle(
    one: tuple[float, float], other: tuple[float, float], kilometres: float
) -> None:
    assert distance(*one, *other) == pytest.approx(kilometres, rel=0.002, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("51.5074|-0.1278|344|km", True),
        ("51.5074|-0.1278|343|km", False),
        ("51.5074|-0.1278|344", True),
        ("51.5074|-0.1278|344000|m", True),
        ("51.5074|-0.1278|213|mi", False),
        ("51.5074|-0.1278|214|[mi_i]", True),
        ("48.9|2.4", True),
        ("51.5074|-0.1278", False),
        ("0|0|1,48.8566|2.3522|0", True),
        ("48.8566|2.3522||m", True),
    ],
)
def test_place_is_found_within_a_distance(value: str, found: bool) -> None:
    assert finds(PARIS, "near", value) is found


@pytest.mark.parametrize(
    "value",
    [
        "48",
        "48|",
        "|2",
        "a|b",
        "48|2|-1",
        "91|0|1",
        "0|181|1",
        "48|2|1|parsec",
        "1|2|3|km|5",
        "48|2|gt1",
    ],
)
def test_what_is_no_place_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="near"):
        query("Location", ("near", value))


def test_modifiers_are_refused() -> None:
    with pytest.raises(NotSupported, match="near:exact"):
        query("Location", ("near:exact", "1|2|3"))


def test_place_is_one_row_and_none_when_it_is_no_place() -> None:
    assert len(rows(PARIS).num) == 1
    assert rows(location("91", "0")).num == ()
    assert finds(location("91", "0"), "near:missing", "true")
    assert finds(PARIS, "near:missing", "false")


@pytest.mark.parametrize("latitude", [-90, -89.9, -45, 0, 12.5, 60, 89.5, 90])
@pytest.mark.parametrize("longitude", [-180, -179.9, 0, 100, 179.5, 180])
@pytest.mark.parametrize("reach", [1, 100, 3000, 9000, 10010, 20015])
def test_box_holds_every_place_of_its_circle(
    latitude: float, longitude: float, reach: float
) -> None:
    circle = Circle(latitude, longitude, reach)
    south, north, *ranges = circle.box
    for step in range(0, 360, 15):
        up, along = place_at(latitude, longitude, reach * 0.999999, math.radians(step))
        assert circle.holds(up, along)
        assert south <= up <= north
        assert ranges[0] <= along <= ranges[1] or ranges[2] <= along <= ranges[3]


def place_at(
    latitude: float, longitude: float, reach: float, bearing: float
) -> tuple[float, float]:
    """Return the place so many kilometres away in a direction."""
    angle, first = reach / 6371.0088, math.radians(latitude)
    up = math.sin(first) * math.cos(angle) + math.cos(first) * math.sin(angle) * math.cos(bearing)
    second = math.asin(max(-1.0, min(1.0, up)))
    along = math.radians(longitude) + math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(first),
        math.cos(angle) - math.sin(first) * math.sin(second),
    )
    return math.degrees(second), (math.degrees(along) + 180) % 360 - 180
