"""Places on the globe by degrees of latitude and longitude, and how far they are apart.

The Earth is taken for a sphere of its mean radius.
"""

import math

RADIUS = 6371.0088
"""Mean radius of the Earth in kilometres (IUGG)."""
SLACK = 1e-6
"""Degrees by which a box is wider than its circle, against rounding."""
WHOLE = (-180.0, 180.0)
Box = tuple[float, float, float, float, float, float]
"""South and north end and two ranges of longitude, twice the same where one holds all."""


def is_place(latitude: float, longitude: float) -> bool:
    """Whether degrees name a place on the globe."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def distance(latitude: float, longitude: float, other: float, beside: float) -> float:
    """Return the kilometres between two places along a great circle, by the haversine formula."""
    first, second = math.radians(latitude), math.radians(other)
    up, along = second - first, math.radians(beside - longitude)
    part = math.sin(up / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(along / 2) ** 2
    return 2 * RADIUS * math.asin(math.sqrt(min(1.0, part)))


def box(latitude: float, longitude: float, reach: float) -> Box:
    """Return what encloses all places within so many kilometres of a place."""
    angle = reach / RADIUS
    tall = math.degrees(angle) + SLACK
    south, north = latitude - tall, latitude + tall
    if south <= -90 or north >= 90:
        return (south, north, *WHOLE, *WHOLE)
    ratio = math.sin(angle) / math.cos(math.radians(latitude))
    wide = math.degrees(math.asin(min(1.0, ratio))) + SLACK
    west, east = longitude - wide, longitude + wide
    if west < -180:
        return (south, north, -180.0, east, west + 360, 180.0)
    if east > 180:
        return (south, north, west, 180.0, -180.0, east - 360)
    return (south, north, west, east, west, east)
