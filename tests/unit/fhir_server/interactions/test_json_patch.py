"""JSON Patch, by the examples of RFC 6902 and what FHIR adds."""

import json
from decimal import Decimal

import pytest

from fhir_server.interactions.json_patch import apply_json_patch
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, FhirError, Invalid, Malformed, TooLarge


def patched(resource: JsonObject, *operations: JsonValue) -> JsonObject:
    return apply_json_patch(json.dumps(operations).encode(), resource)


@pytest.mark.parametrize(
    ("before", "operation", "after"),
    [
        ({"a": 1}, {"op": "add", "path": "/b", "value": 2}, {"a": 1, "b": 2}),
        ({"a": [1, 2]}, {"op": "add", "path": "/a/1", "value": 9}, {"a": [1, 9, 2]}),
        ({"a": [1]}, {"op": "add", "path": "/a/-", "value": [2]}, {"a": [1, [2]]}),
        ({"a": 1, "b": 2}, {"op": "remove", "path": "/b"}, {"a": 1}),
        ({"a": [1, 2, 3]}, {"op": "remove", "path": "/a/1"}, {"a": [1, 3]}),
        ({"a": 1}, {"op": "replace", "path": "/a", "value": None}, {"a": None}),
        ({"a": [1, 2]}, {"op": "replace", "path": "/a/0", "value": 7}, {"a": [7, 2]}),
        ({"a": {"x": 1}, "b": {}}, {"op": "move", "from": "/a/x", "path": "/b/y"}, {"b": {"y": 1}}),
        (
            {"a": ["all", "grass", "cows", "eat"]},
            {"op": "move", "from": "/a/1", "path": "/a/3"},
            {"a": ["all", "cows", "eat", "grass"]},
        ),
        ({"a": [1]}, {"op": "copy", "from": "/a", "path": "/b"}, {"a": [1], "b": [1]}),
        ({"a/b": 1}, {"op": "test", "path": "/a~1b", "value": 1}, {"a/b": 1}),
        ({"m~n": 1}, {"op": "replace", "path": "/m~0n", "value": 2}, {"m~n": 2}),
        ({"~1": 10}, {"op": "test", "path": "/~01", "value": 10}, {"~1": 10}),
        ({"": 3}, {"op": "test", "path": "/", "value": 3}, {"": 3}),
        ({"a": 1}, {"op": "test", "path": "", "value": {"a": 1.0}}, {"a": 1}),
        ({"a": 1}, {"op": "add", "path": "", "value": {"b": 2}}, {"b": 2}),
        ({"a": 1}, {"op": "add", "path": "/b", "value": 2, "xyz": 3}, {"a": 1, "b": 2}),
    ],
)
def test_operation_does_what_the_rfc_says(
    before: JsonObject, operation: JsonObject, after: JsonObject
) -> None:
    assert patched(before, operation) == after


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "/b/c", "value": 1},
        {"op": "add", "path": "/a/9", "value": 1},
        {"op": "add", "path": "/a/01", "value": 1},
        {"op": "add", "path": "/a/x", "value": 1},
        {"op": "add", "path": "/n/x", "value": 1},
        {"op": "remove", "path": "/b"},
        {"op": "remove", "path": "/a/-"},
        {"op": "remove", "path": ""},
        {"op": "replace", "path": "/b", "value": 1},
        {"op": "move", "from": "/b", "path": "/c"},
        {"op": "move", "from": "/o", "path": "/o/p"},
        {"op": "copy", "from": "/b", "path": "/c"},
        {"op": "test", "path": "/b", "value": None},
        {"op": "test", "path": "/n", "value": "1"},
        {"op": "test", "path": "/n", "value": True},
        {"op": "replace", "path": "", "value": []},
    ],
)
def test_operation_that_does_not_fit_is_refused(operation: JsonObject) -> None:
    with pytest.raises(Invalid):
        patched({"a": [1], "n": 1, "o": {"p": {}}}, operation)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "/b"},
        {"op": "add", "value": 1},
        {"op": "add", "path": "b", "value": 1},
        {"op": "add", "path": "/~2", "value": 1},
        {"op": "copy", "path": "/b"},
        {"op": "merge", "path": "/b", "value": 1},
        {"op": ["add"], "path": "/b", "value": 1},
        {"path": "/b", "value": 1},
        "add",
        None,
    ],
)
def test_what_is_no_operation_is_told(operation: JsonValue) -> None:
    with pytest.raises(BadRequest, match="operation 0"):
        patched({"a": 1}, operation)


def test_failed_test_has_a_code_of_its_own() -> None:
    with pytest.raises(Invalid, match="operation 1") as refused:
        patched(
            {"a": 1},
            {"op": "add", "path": "/b", "value": 1},
            {"op": "test", "path": "/a", "value": 2},
        )
    assert refused.value.issues[0].detail == "patch-test"


@pytest.mark.parametrize("body", [b"{}", b"[", b"", b'[{"op":"add","op":"test"}]', b"[NaN]"])
def test_document_that_is_no_list_of_operations_is_refused(body: bytes) -> None:
    with pytest.raises((BadRequest, Malformed)):
        apply_json_patch(body, {})


def test_decimals_are_kept_as_written() -> None:
    resource = decode(b'{"resourceType":"X","kept":1.10,"a":{}}')
    body = b'[{"op":"add","path":"/b","value":0.500},{"op":"copy","from":"/kept","path":"/c"}]'
    text = encode(apply_json_patch(body, resource))
    assert text == b'{"resourceType":"X","kept":1.10,"a":{},"b":0.500,"c":1.10}'


def test_numbers_are_tested_by_value() -> None:
    resource: JsonObject = {"a": Decimal("1.10")}
    assert apply_json_patch(b'[{"op":"test","path":"/a","value":1.1}]', resource) == resource


def test_removal_leaves_nothing_empty_behind() -> None:
    resource: JsonObject = {"name": [{"given": ["Ada"]}], "active": True}
    assert patched(resource, {"op": "remove", "path": "/name/0/given/0"}) == {"active": True}


def test_item_put_where_others_were_removed_stays() -> None:
    after = patched(
        {"a": [1]},
        {"op": "remove", "path": "/a/0"},
        {"op": "add", "path": "/a/-", "value": 2},
    )
    assert after == {"a": [2]}


def test_empty_value_that_was_sent_stays_to_be_judged() -> None:
    assert patched({}, {"op": "add", "path": "/a", "value": []}) == {"a": []}


def test_patch_that_copies_without_end_is_refused() -> None:
    double: JsonObject = {"op": "copy", "from": "/a", "path": "/a/-"}
    with pytest.raises(TooLarge):
        patched({"a": [0] * 10}, *[double] * 40)


def test_errors_are_of_the_tree() -> None:
    with pytest.raises(FhirError, match="operation 0: "):
        patched({}, {"op": "remove", "path": "/secret-value"})
