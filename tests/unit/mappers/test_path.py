from decimal import Decimal

import pytest

from mappers.path import JsonObject, JsonTarget, element, put, read

CLAIM: JsonObject = {
    "resourceType": "Claim",
    "identifier": [{"system": "a", "value": "1"}, {"system": "b", "value": "2"}],
    "item": [{"sequence": 1, "net": {"value": Decimal("80.00")}}, {"sequence": 2}],
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("Claim.identifier.value", ["1", "2"]),
        ("identifier[0].value", ["1"]),
        ("identifier[-1].value", ["2"]),
        ("identifier[9].value", []),
        ("identifier[system=b].value", ["2"]),
        ("identifier[system=c].value", []),
        ("item[].net.value", [Decimal("80.00")]),
        ("item.sequence", [1, 2]),
        ("missing.member", []),
        ("resourceType.deeper", []),
    ],
)
def test_values_at_a_path(path: str, values: list[object]) -> None:
    assert read(CLAIM, path) == values


@pytest.mark.parametrize("path", ["a..b", "1a", "a[0", "a.[0]"])
def test_malformed_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not an element path"):
        read(CLAIM, path)


def test_written_values_stand_where_the_path_says() -> None:
    tree: JsonObject = {}
    assert put(tree, "code.coding[0].code", "A")
    assert put(tree, "code.coding[0].system", "S")
    assert put(tree, "name[].family", "DOE")
    assert put(tree, "name[].family", "ROE")
    assert put(tree, "extension[url=u].valueCode", "x")
    assert put(tree, "note[]", "n")
    assert tree == {
        "code": {"coding": [{"code": "A", "system": "S"}]},
        "name": [{"family": "DOE"}, {"family": "ROE"}],
        "extension": [{"url": "u", "valueCode": "x"}],
        "note": ["n"],
    }


def test_first_value_stands_and_equal_items_are_written_once() -> None:
    tree: JsonObject = {"status": "final"}
    assert not put(tree, "status", "amended")
    assert put(tree, "status", "final")
    assert put(tree, "note[]", "n")
    assert put(tree, "note[]", "n")
    assert tree == {"status": "final", "note": ["n"]}


def test_star_writes_the_members_of_an_object() -> None:
    target = JsonTarget({"status": "final"})
    assert target.put("*", {"valueString": "x", "status": "final"})
    assert not target.put("*", {"valueString": "y", "valueTime": "10:00:00"})
    assert target.tree == {"status": "final", "valueString": "x", "valueTime": "10:00:00"}


def test_element_references() -> None:
    assert element("CLM05-1") == ("CLM", 5, 1)
    assert element("N104") == ("N1", 4, 0)
    with pytest.raises(ValueError, match="not an element reference"):
        element("CLM-5")
