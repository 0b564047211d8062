"""The formats of primitive data types (v2.8.2 chapter 2A), judged one leaf at a time."""

import re
from collections.abc import Callable, Mapping
from datetime import date

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_SEQUENCE = re.compile(r"\d{1,10}")
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,4})?)?)?([+-](0\d|1[0-4])[0-5]\d)?")
_DATE = re.compile(r"(\d{4})(\d\d)?(\d\d)?")
_ZONE = re.compile(r"(\d{4}|\d{6}|\d{8})([+-](?:0\d|1[0-4])[0-5]\d)?")


def is_number(text: str) -> bool:
    """NM: digits with an optional sign and point."""
    return _NUMBER.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """DT: a year, month or day of the calendar."""
    match = _DATE.fullmatch(text)
    if match is None or int(match[1]) == 0:
        return False
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def is_time(text: str) -> bool:
    """TM: hours with optional minutes, seconds, fraction and zone."""
    return _TIME.fullmatch(text) is not None


def is_moment(text: str) -> bool:
    """DTM and TS: a date, or a day with a time."""
    match = _ZONE.fullmatch(text)
    if match is not None:
        return is_date(match[1])
    return is_date(text[:8]) and len(text) > 8 and is_time(text[8:])


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "NM": is_number,
    "SI": lambda text: _SEQUENCE.fullmatch(text) is not None,
    "DT": is_date,
    "TM": is_time,
    "DTM": is_moment,
    "TS": is_moment,
}
