"""Every extension of ours that a review writes has a StructureDefinition that names its parts."""

import json
from pathlib import Path

import pytest

import profiles
from mappers.fhir_x12.attachment_table import LINE
from mappers.fhir_x12.review_information import INFORMATION, PARTS
from mappers.fhir_x12.review_refusal import VALID
from mappers.fhir_x12.review_table import ISSUED
from mappers.fhir_x12.system import EXTENSION
from mappers.path import JsonObject, read

FOLDER = Path(profiles.__file__).parent / "extension"
URLS = (
    INFORMATION,
    VALID,
    ISSUED,
    LINE,
    f"{EXTENSION}/review-authorization",
    f"{EXTENSION}/review-administration",
)


def definition(url: str) -> JsonObject:
    found: JsonObject = json.loads((FOLDER / f"{url.rpartition('/')[2]}.json").read_text())
    return found


@pytest.mark.parametrize("url", URLS)
def test_extension_is_defined_under_its_url(url: str) -> None:
    assert definition(url)["url"] == url


def test_parts_are_those_the_map_writes() -> None:
    told = read(definition(INFORMATION), "differential.element.sliceName")
    assert told == sorted(part for part, _, _ in PARTS)
