"""Whatever a 278 or 275 says is read without an exception; a Bundle is judged or mapped."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random

import pytest

from demo.payer.review import review_answer
from mappers.fhir_x12.attachment_reading import documented, papers
from mappers.fhir_x12.problem import NotMappable
from mappers.fhir_x12.review_278 import review_278
from mappers.fhir_x12.review_answer import Context, answers
from mappers.fhir_x12.review_answering import response_278
from mappers.fhir_x12.review_bundle import unbundled
from mappers.fhir_x12.review_reading import asked
from mappers.path import JsonObject, JsonValue
from mappers.x12.reader import read
from mappers.x12.tree import LoopNode
from tests.unit.mappers.fhir_x12.reviews import (
    ANSWERS,
    ASKING,
    REQUESTS,
    WRITTEN,
    therapy,
    written,
)
from tests.unit.mappers.fhir_x12.test_attachment_275 import CASES, sent

FILES = (
    *ANSWERS.values(),
    *(written(bundle, purpose) for bundle, purpose in REQUESTS.values()),
    sent(CASES["pdf"]),
)
ODD_TEXTS = (b"", b"X", b"99999999", b"A:B:C", b"A^B", b"20261399", b"-1", b"\xff")
ODD_VALUES: tuple[JsonValue, ...] = (None, "", [], True, 7, "X~*:^", "2026", {"reference": "#x"})


def mutated(data: bytes, random: Random) -> bytes:
    """Return a file with a segment taken away, doubled, moved, cut, or an element changed."""
    segments = data.split(b"~")
    for _ in range(random.randint(1, 4)):
        at = random.randrange(2, len(segments))
        elements = segments[at].split(b"*")
        match random.randrange(5):
            case 0:
                del segments[at]
            case 1:
                segments.insert(at, segments[random.randrange(len(segments))])
            case 2:
                elements[random.randrange(len(elements))] = random.choice(ODD_TEXTS)
                segments[at] = b"*".join(elements)
            case 3:
                segments[at] = b"*".join(elements[: random.randrange(1, len(elements) + 1)])
            case _:
                other = random.randrange(2, len(segments))
                segments[at], segments[other] = segments[other], segments[at]
    return b"~".join(segments)


def _answered(root: LoopNode) -> None:
    for one in answers(root, Context("2026-11-10T09:00:00Z")):
        resources = {f"{other['resourceType']}/{other['id']}": other for other in one.others}
        response_278(one.response, {}, resources, ASKING)


def _known(root: LoopNode) -> None:
    answers(root, Context("2026-11-10T09:00:00Z", unbundled(therapy()).claim))


def _asked(root: LoopNode) -> None:
    for one in asked(root):
        unbundled(one.bundle)


def _papers(root: LoopNode) -> None:
    for one in papers(root):
        documented(one, {}, tuple("id" for _ in one.contents))


def _decided(root: LoopNode) -> None:
    review_answer(root, WRITTEN)


WAYS: dict[str, Callable[[LoopNode], None]] = {
    "answer": _answered,
    "answer to a known claim": _known,
    "question": _asked,
    "papers": _papers,
    "payer": _decided,
}


@pytest.mark.parametrize("way", WAYS)
def test_mutated_file_is_read(way: str) -> None:
    random, count = Random(278), 0
    for _ in range(200):
        for _, _, one in read(mutated(random.choice(FILES), random)).sets():
            WAYS[way](one.root)
            count += 1
    assert count > 100


def places(value: JsonValue) -> Iterator[tuple[JsonValue, str | int]]:
    """Yield every member and item of a tree: its holder and its name or place."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield value, name
            yield from places(inner)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield value, at
            yield from places(inner)


def changed(bundle: JsonObject, random: Random) -> JsonObject:
    """Return a Bundle with some members taken away or replaced."""
    copy: JsonObject = json.loads(json.dumps(bundle))
    for _ in range(random.randint(1, 3)):
        holder, name = random.choice([*places(copy)])
        if isinstance(holder, dict) and isinstance(name, str):
            holder[name] = random.choice(ODD_VALUES)
            if random.random() < 0.4:
                del holder[name]
    return copy


def test_mutated_bundle_is_judged_or_mapped() -> None:
    random, mapped = Random(275), 0
    for _ in range(300):
        bundle, purpose = random.choice([*REQUESTS.values()])
        found = unbundled(changed(bundle, random))
        with suppress(NotMappable):
            review_278(found.claim, found.resources, ASKING, purpose)
            mapped += 1
    assert mapped > 50
