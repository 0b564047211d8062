"""The schema and the walk give one verdict, whatever is done to a good resource."""

import copy
import random
from collections.abc import Iterator
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_server.model.codec import SpelledDecimal, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.validation.finding import Findings
from fhir_server.validation.structure import Validator
from fhir_server.validation.value import Values
from fhir_server.validation.walk import Walk
from profiles.loader import load
from tests.conformance.material import examples, needs_material

pytestmark = needs_material
DEFINITIONS = load()
VALIDATOR = Validator(DEFINITIONS)
TYPES = ["Patient", "Observation", "Claim", "ClaimResponse", "Coverage", "Encounter", "Condition"]
TYPES += ["Questionnaire", "MedicationRequest", "ActivityDefinition", "Composition", "Consent"]
VALUES: st.SearchStrategy[JsonValue] = st.sampled_from(
    [
        *["", "x", " ", "male", "final", "2020-01-01", "2020-02-30", "a b", "urn:x", "QQ=="],
        *[0, 1, -1, 2**31, True, False, [], {}, ["x"], {"id": "x"}, [{"id": "x"}]],
        *[{"extension": [{"url": "u", "valueString": "v"}]}, {"text": "x"}, {"value": 1}],
    ]
)
NAMES = ["id", "extension", "text", "value", "valueString", "valueQuantity", "_valueString", "code"]
NAMES += ["coding", "reference", "contained", "status", "_status", "given", "nonsense", "url"]
Container = dict[str | int, JsonValue]
Place = tuple[Container, str | int]


def places(value: JsonValue) -> Iterator[Place]:
    """Yield every container and key below a value."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    # objects and arrays alike are read, written and shortened by key
    container = cast("Container", value)
    for key in keys:
        yield container, key
        yield from places(container[key])


def mutated(resource: JsonObject, seed: int, value: JsonValue) -> JsonObject:
    """Return the resource with one to three faults or harmless changes."""
    chance = random.Random(seed)
    changed = copy.deepcopy(resource)
    for _ in range(chance.randint(1, 3)):
        container, key = chance.choice([*places(changed)])
        match chance.randrange(4):
            case 0:
                container[key] = copy.deepcopy(value)
            case 1:
                del container[key]
            case 2 if isinstance(container, dict):
                container[chance.choice(NAMES)] = copy.deepcopy(value)
            case _:
                other, name = chance.choice([*places(changed)])
                container[key] = copy.deepcopy(other[name])
    return changed


def walked(resource: JsonObject) -> bool:
    findings = Findings([])
    walk = Walk(DEFINITIONS, findings, Values(DEFINITIONS, findings), lambda _: False)
    walk.resource(resource, "Resource")
    return not findings.issues


def is_rare(resource: JsonObject) -> bool:
    """Whether the schema may refuse the resource although it is good: see its docstring."""
    text = encode(resource)
    own_spelling = any(isinstance(holder[key], SpelledDecimal) for holder, key in places(resource))
    return own_spelling or b'"_' in text or b"null" in text


@st.composite
def resources(draw: st.DrawFn) -> JsonObject:
    kept = [e for e in examples() if e["resourceType"] in TYPES]
    good = draw(st.sampled_from(kept))
    return mutated(good, draw(st.integers(0, 2**32)), draw(VALUES))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(resources())
def test_schema_and_walk_agree_on_a_changed_example(resource: JsonObject) -> None:
    accepted, good = VALIDATOR.accepts(resource), walked(resource)
    assert good or not accepted, "the schema may never accept what the walk refuses"
    assert accepted or not good or is_rare(resource), "the schema refuses an ordinary good resource"
    assert (VALIDATOR.check(resource) == ()) == good
