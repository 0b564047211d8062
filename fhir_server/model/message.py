"""The states of an HL7 v2 message, from its bytes being kept to its resources being stored."""

from typing import Literal, get_args

State = Literal[
    "received",
    "claimed",
    "deferred",
    "applied",
    "warning",
    "code_unmapped",
    "match_pending",
    "parse_error",
    "map_error",
    "rejected",
]
STATES: tuple[State, ...] = get_args(State)
DONE: tuple[State, ...] = ("applied", "warning", "code_unmapped", "match_pending")
"""Its resources are stored, or a person decides about them: sent again, it is answered as then."""
WAITING: tuple[State, ...] = ("received", "claimed", "deferred")
"""It is kept and will be applied; the sender may have been told that it is safe."""
FAILED: tuple[State, ...] = ("parse_error", "map_error", "rejected")
"""It was not applied: its text, the feed or a row must change first."""
MEANING: dict[State, str] = {
    "received": "kept, not yet applied",
    "claimed": "being applied by a worker",
    "deferred": "failed, and tried again later",
    "applied": "its resources are stored",
    "warning": "its resources are stored; something about it is to be seen",
    "code_unmapped": "its resources are stored; a code in it waits for a row",
    "match_pending": "a person decides to whom or to which order it belongs",
    "parse_error": "it could not be read",
    "map_error": "it could not be made into resources",
    "rejected": "the feed does not take it",
}
