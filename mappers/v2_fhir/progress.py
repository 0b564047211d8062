"""Whether a result that arrives goes on from the one that is stored, or back.

Messages come out of order: a preliminary result after the final one, a correction before what it
corrects. A result never goes back to an earlier state; of two in the same state the one issued
later holds. What was cancelled or taken back comes alive again only by a result issued after that.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from mappers.path import JsonObject, JsonValue, read

Move = Literal["apply", "keep", "unless-older", "if-newer"]
STATES = (
    *("registered", "preliminary", "final", "corrected", "amended", "cancelled"),
    "entered-in-error",
)
ALIKE: Mapping[str, str] = {"partial": "preliminary", "appended": "amended"}
_LETTERS: Mapping[str, Move] = {
    "A": "apply",
    "K": "keep",
    "T": "unless-older",
    "L": "if-newer",
}
MOVES: Mapping[str, str] = {
    "registered": "TAAAAAA",
    "preliminary": "KTAAAAA",
    "final": "KKTAATT",
    "corrected": "KKKTTTT",
    "amended": "KKKTTTT",
    "cancelled": "KKLLLTA",
    "entered-in-error": "KKLLLKT",
}
"""By the stored state, what each of STATES does: A applies it, K keeps what is stored, T applies it
unless it was issued before, L only when it was issued after."""


def move(stored: str, new: str) -> Move:
    """Return what a new state does to a stored one; a state not known applies."""
    row = MOVES.get(ALIKE.get(stored, stored))
    column = ALIKE.get(new, new)
    return _LETTERS[row[STATES.index(column)]] if row and column in STATES else "apply"


def goes_back(stored: JsonObject, new: JsonObject) -> bool:
    """Say whether the new resource is behind the stored one, which then stays."""
    name = "docStatus" if stored.get("resourceType") == "DocumentReference" else "status"
    when = "date" if name == "docStatus" else "issued"
    before, after = _moment(stored.get(when)), _moment(new.get(when))
    is_known = before is not None and after is not None
    match move(str(stored.get(name)), str(new.get(name))):
        case "apply":
            return False
        case "keep":
            return True
        case "unless-older":
            return is_known and after < before  # type: ignore[operator]  # both are known
        case "if-newer":
            return not (is_known and after > before)  # type: ignore[operator]  # both are known


def _moment(text: JsonValue) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def carried(stored: JsonObject, new: JsonObject) -> JsonObject:
    """Return a report with the results and documents of before that it does not name itself."""
    if new.get("resourceType") != "DiagnosticReport":
        return new
    result = dict(new)
    known = read(new, "result")
    kept = [one for one in read(stored, "result") if one not in known]
    if kept:
        result["result"] = [*known, *kept]
    if "presentedForm" in stored and "presentedForm" not in new:
        result["presentedForm"] = stored["presentedForm"]
    return result
