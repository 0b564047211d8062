"""What kind of observation an OBX is: a finding, a score of a questionnaire, an answer at order.

A laboratory sends findings. It also sends back what was asked at order entry (AOE), which is no
finding, and some senders put the scores of questionnaires into OBX
(https://terminology.hl7.org/CodeSystem-observation-category.html).
"""

from collections.abc import Mapping

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.feed import Feed

LOINC = "http://loinc.org"
CATEGORY = f"{TERMINOLOGY}/observation-category"
OBSERVATION_TYPE = f"{TERMINOLOGY}/v2-0936"
ASKED = ("AOE",)
"""Codes of OBX-29 (table 0936) that say the OBX answers a question of order entry."""

SURVEYS: Mapping[str, tuple[str, ...]] = {
    "PHQ-9": (
        *("44249-1", "44261-6", "44250-9", "44255-8", "44259-0", "44254-1", "44251-7"),
        *("44258-2", "44252-5", "44253-3", "44260-8", "69722-7"),
    ),
    "PHQ-2": ("55757-9", "55758-7"),
    "GAD-7": (
        *("69737-5", "70274-6", "69725-0", "68509-9", "69733-4", "69734-2", "69735-9"),
        *("69689-8", "69736-7"),
    ),
    "AUDIT-C": ("72109-2", "75626-2", "68518-0", "68519-8", "68520-6"),
    "AUDIT": ("72110-0", "75624-7"),
    "DAST-10": ("82666-9", "82667-7"),
}
"""LOINC codes of questionnaires, their answers and their scores."""
SURVEY_CODES = frozenset(code for codes in SURVEYS.values() for code in codes)


def is_asked_at_order(observation: JsonObject, feed: Feed) -> bool:
    """Say whether an observation answers a question of order entry: OBX-29, or the feed's list."""
    types = read(observation, "category.coding.code")
    if any(code in types for code in ASKED):
        return True
    aoe = feed.dialect.aoe
    return bool(aoe) and any(code in aoe for code in read(observation, "code.coding.code"))


def categorize(observation: JsonObject, feed: Feed, *, asked: bool = False) -> bool:
    """Write the categories of an observation; return whether it is a finding of the report.

    `asked` says that it stands under an order, where every OBX answers a question.
    """
    asked = asked or is_asked_at_order(observation, feed)
    sent = observation.get("category")
    categories: list[JsonValue] = list(sent) if isinstance(sent, list) else []
    if asked:
        answer: JsonObject = {"coding": [{"system": OBSERVATION_TYPE, "code": "AOE"}]}
        categories += [] if answer in categories else [answer]
    else:
        kind = "survey" if _is_survey(observation) else "laboratory"
        categories.insert(0, {"coding": [{"system": CATEGORY, "code": kind}]})
    observation["category"] = categories
    return not asked


def _is_survey(observation: JsonObject) -> bool:
    code = observation.get("code")
    codings = code.get("coding") if isinstance(code, dict) else None
    return any(
        isinstance(one, dict) and one.get("code") in SURVEY_CODES and one.get("system") == LOINC
        for one in (codings if isinstance(codings, list) else [])
    )
