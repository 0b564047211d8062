"""FHIR dates and times as DT, TM and DTM: the precision given, the offset given."""

import re
from datetime import datetime, tzinfo

_MOMENT = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(\d\d):(\d\d):(\d\d)(\.\d{1,6})?\d*(Z|[+-]\d\d:\d\d))?"
)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(\.\d{1,6})?")


def from_datetime(text: object, zone: tzinfo | None = None) -> str:
    """Return the DTM of a FHIR date, dateTime or instant; empty where it is none.

    With a `zone` a time is told in it and without an offset, as receivers that know one zone want.
    """
    match = _MOMENT.fullmatch(str(text)) if isinstance(text, str) else None
    if match is None:
        return ""
    if match[4] is None:
        return "".join(part for part in match.group(1, 2, 3) if part)
    if zone is not None:
        moment = datetime.fromisoformat(str(text)).astimezone(zone)
        return moment.strftime("%Y%m%d%H%M%S")
    offset = "+0000" if match[8] == "Z" else match[8].replace(":", "")
    return "".join((*match.group(1, 2, 3, 4, 5, 6), match[7] or "", offset))


def from_time(text: object) -> str:
    """Return the TM of a FHIR time; empty where it is none."""
    match = _TIME.fullmatch(str(text)) if isinstance(text, str) else None
    return "".join(part for part in match.groups() if part) if match else ""
