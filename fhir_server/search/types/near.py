"""The special parameter `near` of Location: places within a distance of a point.

Source: https://hl7.org/fhir/R4/location.html#positional. `latitude|longitude|distance|units`;
without units kilometres are meant, without distance `Options.near` of them. Distances are great
circles on a sphere of the Earth's mean radius. A place is one row: latitude and longitude stand
where other rows have lowest and highest number. A box around the circle enters the index, across
the poles and the antimeridian where it has to; the exact distance decides.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, func, or_

from fhir_server.model.place import RADIUS, Box, box, distance, is_place
from fhir_server.model.resource import JsonValue
from fhir_server.model.ucum import canonical
from fhir_server.outcome import BadRequest, TooComplex
from fhir_server.search.disjunction import any_of
from fhir_server.search.escape import split, unescape
from fhir_server.search.expression import Source
from fhir_server.search.interval import read_number
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.rows import Rows
from fhir_server.search.value import Binds, Columns, Sink, Table

Index = Callable[[JsonValue, Sink], None]
MODIFIERS: tuple[str, ...] = ()
MILE = {"mi": "[mi_i]"}
"""How people write what UCUM writes otherwise."""
MOST = 100
"""Most places of one criterion; SQLite takes long to weigh how to find each."""
FORMS = "takes latitude|longitude|distance|units"


def index(source: Source, slot: Slot) -> Index | None:
    """Return how a position becomes a row; None for what is no position of a Location."""
    if source.type != "Location.position":
        return None

    def gather(value: JsonValue, sink: Sink) -> None:
        if not isinstance(value, dict):
            return
        latitude, longitude = _degrees(value.get("latitude")), _degrees(value.get("longitude"))
        if latitude is None or longitude is None or not is_place(latitude, longitude):
            return
        sink.num.append((slot.own_key, latitude, longitude))

    return gather


def _degrees(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | Decimal) else None


@dataclass(frozen=True, slots=True)
class Circle:
    """The places within some kilometres of a point."""

    latitude: float
    longitude: float
    reach: float

    @property
    def box(self) -> Box:
        """What encloses it: `model.place.box`."""
        return box(self.latitude, self.longitude, self.reach)

    @property
    def bound(self) -> tuple[float, ...]:
        """The box, then the point and the reach."""
        return (*self.box, self.latitude, self.longitude, self.reach)

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_num`."""
        latitude, longitude = columns["lo"], columns["hi"]
        within = and_(latitude >= next(binds), latitude <= next(binds))
        one = and_(longitude >= next(binds), longitude <= next(binds))
        other = and_(longitude >= next(binds), longitude <= next(binds))
        return and_(within, or_(one, other), _distance(latitude, longitude, binds) <= next(binds))

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a place lies within."""
        return distance(self.latitude, self.longitude, latitude, longitude) <= self.reach


def _distance(
    latitude: ColumnElement[object], longitude: ColumnElement[object], binds: Binds
) -> ColumnElement[float]:
    """Return `distance` in SQL, from the point bound to the place of a row."""
    here, beside = next(binds), next(binds)
    up = func.sin(func.radians(latitude - here) / 2)
    along = func.sin(func.radians(longitude - beside) / 2)
    part = up * up + func.cos(func.radians(here)) * func.cos(func.radians(latitude)) * along * along
    return 2 * RADIUS * func.asin(func.sqrt(case((part > 1, 1.0), else_=part)))


@dataclass(frozen=True, slots=True)
class Circles:
    """Circles, each an alternative."""

    key: int
    circles: tuple[Circle, ...]
    table: Table = "num"
    exact: bool = False
    open: bool = False

    @property
    def shape(self) -> Hashable:
        """How many circles the SQL has."""
        return len(self.circles)

    @property
    def bound(self) -> tuple[int | float, ...]:
        """The parameter's key and the constants of each circle."""
        return (self.key, *(constant for one in self.circles for constant in one.bound))

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_num`."""
        own = columns["key"] == next(binds)
        return and_(own, any_of(one.where(columns, binds) for one in self.circles))

    def matches(self, rows: Rows) -> bool:
        """Whether a place of a resource lies within one of them."""
        places = [(latitude, longitude) for key, latitude, longitude in rows.num if key == self.key]
        return any(one.holds(*place) for place in places for one in self.circles)


def parse(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Circles:
    """Read points with distance and units, each an alternative. Raises BadRequest."""
    del modifier
    if len(texts) > MOST:
        raise TooComplex(f"{parameter.code} takes at most {MOST} places")
    circles = tuple(_circle(text, parameter.code, options.near) for text in texts)
    return Circles(parameter.slot.own_key, circles)


def _circle(text: str, code: str, usual: int) -> Circle:
    parts = [unescape(part) for part in split(text, "|")]
    if not 2 <= len(parts) <= 4:
        raise BadRequest(f"{code} {FORMS}")
    latitude, longitude, reach, unit = (*parts, "", "")[:4]
    length = canonical(MILE.get(unit, unit or "km"))
    if length is None or length.dimension != "m":
        raise BadRequest(f"{code} takes distances in km, m, mi or another length of UCUM")
    try:
        point = float(read_number(latitude)), float(read_number(longitude))
        kilometres = float(length.convert(read_number(reach)) / 1000) if reach else usual
    except ValueError:
        raise BadRequest(f"{code} {FORMS}") from None
    if not is_place(*point) or kilometres < 0:
        raise BadRequest(f"{code} takes degrees of -90 to 90 and -180 to 180, and no less than 0")
    return Circle(*point, min(kilometres, math.pi * RADIUS))
