"""Canonicals and the order of versions."""

from fhir_server.terminology.canonical import split_canonical, version_order


def test_canonical_is_split_from_its_version() -> None:
    assert split_canonical("http://a/b|1.0") == ("http://a/b", "1.0")
    assert split_canonical("http://a/b") == ("http://a/b", "")


def test_versions_are_ordered_by_their_numbers() -> None:
    shuffled = ["1.10", "2.0.0", "", "20250101", "1.9", "alpha", "1.2"]
    ordered = ["", "alpha", "1.2", "1.9", "1.10", "2.0.0", "20250101"]
    assert sorted(shuffled, key=version_order) == ordered
