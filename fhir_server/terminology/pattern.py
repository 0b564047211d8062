"""Regular expressions that come from outside: none that could run for ever.

Python's engine tries every way to divide a text among repetitions of repetitions. So a repeated
group may hold neither a repetition nor alternatives, and there are no references back.
"""

import re

from fhir_server.outcome import UnusableValueSet

LONGEST = 500
PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?|[()|*+?{}]|[^\\\[()|*+?{}]+|\[", re.DOTALL)
REPEATS = frozenset("*+{")


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that cannot be read or might not end. Raises UnusableValueSet."""
    if len(pattern) > LONGEST or not _is_bounded(pattern):
        raise UnusableValueSet("a value set filters by a regular expression that is too costly")
    try:
        re.compile(pattern)
    except re.error:
        raise UnusableValueSet("a value set filters by what is no regular expression") from None


def _is_bounded(pattern: str) -> bool:
    """Whether no repeated group holds a choice or a repetition."""
    pieces = PIECE.findall(pattern)
    open_groups, closed = [False], False
    for piece in pieces:
        if piece == "(?" or (piece[0] == "\\" and piece[1:].isdigit()):
            return False
        if closed and piece in REPEATS:
            return False
        closed = False
        if piece == "(":
            open_groups.append(False)
        elif piece == ")" and len(open_groups) > 1:
            closed = open_groups.pop()
            open_groups[-1] = open_groups[-1] or closed
        elif piece == "|" or piece in REPEATS:
            open_groups[-1] = True
    return True
