"""Modifiers of a line as a payer reads them: those that price first, those that inform last.

What sets the price is a dated table shared with the rules that judge a text
(`mappers.x12.rules.behavioral_table`); what a payer wants otherwise is its habit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mappers.fhir_x12.step import codes_of
from mappers.fhir_x12.system import CPT, HCPCS
from mappers.path import JsonObject, JsonValue
from mappers.x12.rules.behavioral_table import (
    GROUP_PROCEDURES,
    INFORMING_MODIFIERS,
    PRICING_MODIFIERS,
    TELEHEALTH_MODIFIERS,
    TELEHEALTH_PLACES,
)

MOST = 4
Video = Literal["", "95", "GT"]


@dataclass(frozen=True, slots=True)
class Habit:
    """What a payer wants of modifiers beyond the guide.

    `video` is its modifier for a visit by video (empty: as the claim says); `adds_video` gives it
    to a telehealth place (02, 10) without any; `adds_group` gives HQ to a group service.
    """

    video: Video = ""
    adds_video: bool = False
    adds_group: bool = False


AS_TOLD = Habit()
_VIDEO = frozenset({"95", "GT"})
_GROUP = "HQ"


def modifiers_of(item: JsonObject, place: JsonValue, habit: Habit) -> list[JsonValue]:
    """Return the modifiers of a line in the order in which they are sent."""
    found = item.get("modifier")
    given = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    wanted = [_of_payer(one, habit) for one in given]
    held = {code for one in wanted for code in _codes(one)}
    if habit.adds_group and _GROUP not in held and GROUP_PROCEDURES & set(_codes_of_service(item)):
        wanted.append(_modifier(_GROUP))
    is_far = place in TELEHEALTH_PLACES
    if habit.adds_video and habit.video and is_far and not held & TELEHEALTH_MODIFIERS:
        wanted.append(_modifier(habit.video))
    wanted.sort(key=_rank)
    return list[JsonValue](wanted)


def _of_payer(modifier: JsonObject, habit: Habit) -> JsonObject:
    """Return a modifier, that for video being the payer's."""
    if habit.video and _VIDEO & set(_codes(modifier)):
        return _modifier(habit.video)
    return modifier


def _rank(modifier: JsonObject) -> int:
    """Return 0 for what prices, 2 for what only informs, 1 for any other."""
    codes = _codes(modifier)
    if any(one in PRICING_MODIFIERS for one in codes):
        return 0
    return 2 if any(one in INFORMING_MODIFIERS for one in codes) else 1


def _codes(modifier: JsonObject) -> Sequence[str]:
    return [one for one in codes_of(modifier) if isinstance(one, str)]


def _codes_of_service(item: JsonObject) -> Sequence[str]:
    return [one for one in codes_of(item.get("productOrService")) if isinstance(one, str)]


def _modifier(code: str) -> JsonObject:
    system = CPT if code[0].isdigit() else HCPCS
    return {"coding": [{"system": system, "code": code}]}
