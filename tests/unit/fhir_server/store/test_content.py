from datetime import UTC, datetime

import pytest

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.store.content import (
    aware,
    content_hash,
    from_aware,
    instant,
    is_reordered,
    make_content,
)

MOMENT = 1_767_225_600_123_456
STAMPS = '"meta":{"versionId":"3","lastUpdated":"2026-01-01T00:00:00.123456Z"}'


def body(text: str) -> str:
    return make_content(decode(text.encode()), "Patient", "a", 3, MOMENT).body.decode()


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (
            '{"resourceType":"Patient","active":true}',
            '{"resourceType":"Patient","id":"a",' + STAMPS + ',"active":true}',
        ),
        (
            '{"active":true,"resourceType":"Patient"}',
            '{"resourceType":"Patient","id":"a",' + STAMPS + ',"active":true}',
        ),
        (
            '{"resourceType":"Patient","active":true,"meta":{},"id":"x","gender":"male"}',
            '{"resourceType":"Patient","active":true,' + STAMPS + ',"id":"a","gender":"male"}',
        ),
        (
            '{"resourceType":"Patient","id":"x","value":1.50}',
            '{"resourceType":"Patient","id":"a",' + STAMPS + ',"value":1.50}',
        ),
    ],
)
def test_resource_is_kept_but_for_its_stamps(given: str, stored: str) -> None:
    assert body(given) == stored


def test_other_members_of_meta_are_kept() -> None:
    given = '{"resourceType":"Patient","id":"a","meta":{"tag":[{"code":"t"}],"versionId":"9"}}'
    assert body(given).endswith('23456Z","tag":[{"code":"t"}]}}')


def test_stamps_do_not_change_the_hash() -> None:
    first = make_content({"resourceType": "Patient", "active": True}, "Patient", "a", 1, MOMENT)
    again = make_content(first.resource, "Patient", "a", 2, MOMENT + 1)
    assert first.hash == again.hash == content_hash(decode(again.body), "Patient", "a")
    assert first.body != again.body


@pytest.mark.parametrize(
    "text",
    [
        '{"resourceType":"Patient","value":1.00}',
        '{"resourceType":"Patient","value":1}',
        '{"resourceType":"Patient","value":true}',
        '{"resourceType":"Patient","value":1.0,"meta":{"profile":["p"]}}',
        '{"resourceType":"Patient","value":1.0,"meta":{"tag":[]}}',
    ],
)
def test_any_other_difference_changes_the_hash(text: str) -> None:
    plain = content_hash(decode(b'{"resourceType":"Patient","value":1.0}'), "Patient", "a")
    assert content_hash(decode(text.encode()), "Patient", "a") != plain


@pytest.mark.parametrize("number", [1, 9])
@pytest.mark.parametrize(
    ("text", "same"),
    [
        ('{"name":[{"family":"F","given":["A","B"]}],"value":1.0,"resourceType":"Patient"}', True),
        ('{"resourceType":"Patient","value":1.0,"name":[{"given":["A","B"],"family":"F"}]}', True),
        ('{"name":[{"family":"F","given":["B","A"]}],"value":1.0,"resourceType":"Patient"}', False),
        ('{"name":[{"family":"F","given":["A","B"]}],"value":1.1,"resourceType":"Patient"}', False),
        (
            '{"name":[{"family":"F","given":["A","B"]}],"value":1.00,"resourceType":"Patient"}',
            False,
        ),
    ],
)
def test_order_of_members_is_no_content(text: str, number: int, *, same: bool) -> None:
    stored = '{"resourceType":"Patient","value":1.0,"name":[{"family":"F","given":["A","B"]}]}'
    old = make_content(decode(stored.encode()), "Patient", "a", number, MOMENT)
    new = make_content(decode(text.encode()), "Patient", "a", number + 1, MOMENT + 1)
    assert is_reordered(new, old.resource, "Patient", "a") is same


def test_given_resource_is_left_alone() -> None:
    given: JsonObject = {"resourceType": "Patient", "meta": {"versionId": "7"}}
    make_content(given, "Patient", "a", 1, MOMENT)
    assert given == {"resourceType": "Patient", "meta": {"versionId": "7"}}


def test_labels_are_the_security_codings() -> None:
    resource: JsonObject = {"meta": {"security": [{"system": "urn:s", "code": "R\x1f"}, {}]}}
    assert make_content(resource, "Patient", "a", 1, MOMENT).labels == "urn:s|R \n|"
    assert make_content({}, "Patient", "a", 1, MOMENT).labels is None


def test_moments_keep_their_microseconds() -> None:
    assert instant(MOMENT) == "2026-01-01T00:00:00.123456Z"
    assert instant(MOMENT - 123_456) == "2026-01-01T00:00:00.000000Z"
    assert aware(MOMENT) == datetime(2026, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC)
    assert from_aware(aware(MOMENT)) == MOMENT
