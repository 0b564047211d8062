"""Every resource a golden message becomes is R4: by our validator and by fhir.resources."""

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from fhir.resources.R4B import get_fhir_model_class

from fhir_server.validation.structure import Validator
from hl7.message import parse
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.message import map_message
from profiles.loader import load
from tests.golden.v2.test_golden import FEED, MESSAGES

VALIDATOR = Validator(load())
DECODER = msgspec.json.Decoder(float_hook=Decimal)
ENCODER = msgspec.json.Encoder(decimal_format="number")


def resources(path: Path) -> list[JsonObject]:
    return [one.resource for one in map_message(parse(path.read_bytes()), FEED).entries]


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_resources_are_valid(path: Path) -> None:
    for resource in resources(path):
        sent: JsonValue = DECODER.decode(ENCODER.encode(resource))
        assert isinstance(sent, dict)
        assert VALIDATOR.check(sent) == (), resource["resourceType"]


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_another_model_takes_the_resources(path: Path) -> None:
    for resource in resources(path):
        model = get_fhir_model_class(str(resource["resourceType"]))
        assert model.model_validate_json(ENCODER.encode(resource))
