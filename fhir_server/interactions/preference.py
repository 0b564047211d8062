"""The Prefer header: how much to return, how strictly to read (RFC 7240, R4 http.html#ops)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Return = Literal["minimal", "representation", "OperationOutcome"]
RETURNS: dict[str, Return] = {
    "minimal": "minimal",
    "representation": "representation",
    "operationoutcome": "OperationOutcome",
}


@dataclass(frozen=True, slots=True)
class Preference:
    """What the client prefers; None where it says nothing we know."""

    returns: Return | None = None
    is_lenient: bool = False
    is_async: bool = False


NO_PREFERENCE = Preference()


@lru_cache(maxsize=256)
def parse_preference(header: str | None) -> Preference:
    """Return the preferences of a Prefer header; unknown ones are ignored, as RFC 7240 asks."""
    if not header:
        return NO_PREFERENCE
    wishes = [one.strip() for part in header.split(",") for one in part.split(";")]
    values: dict[str, str] = {}
    for name, _, value in (wish.partition("=") for wish in wishes):
        values.setdefault(name.strip().lower(), value.strip().strip('"'))  # the first one counts
    return Preference(
        returns=RETURNS.get(values.get("return", "").lower()),
        is_lenient=values.get("handling", "").lower() == "lenient",
        is_async="respond-async" in values,
    )
