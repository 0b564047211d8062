"""Version tags."""

from datetime import UTC, datetime

import pytest

from fhir_server.interactions.etag import is_named, parse_tags, require_match
from fhir_server.model.resource import Version
from fhir_server.outcome import BadRequest, PreconditionFailed


def version(number: int, *, deleted: bool = False) -> Version:
    return Version(1, "Patient", "a", number, datetime.now(UTC), deleted, "update", b"")


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ('W/"3"', {"3"}),
        ('"3"', {"3"}),
        ("3", {"3"}),
        ('W/"1", W/"2"', {"1", "2"}),
        ("*", {"*"}),
    ],
)
def test_tags_are_read(header: str, tags: set[str]) -> None:
    assert parse_tags(header) == tags


@pytest.mark.parametrize("header", ["W/3", "abc", '"3', "", 'W/"1";W/"2"'])
def test_other_tags_are_refused(header: str) -> None:
    with pytest.raises(BadRequest):
        parse_tags(header)


def test_star_names_any_version_that_is_there() -> None:
    assert is_named("*", version(7))
    assert not is_named("*", version(7, deleted=True))
    assert not is_named("*", None)


@pytest.mark.parametrize("header", [None, 'W/"2"', '"1", "2"', "*"])
def test_match_lets_the_write_pass(header: str | None) -> None:
    require_match(header, version(2))


@pytest.mark.parametrize("current", [version(3), version(2, deleted=True), None])
def test_write_against_another_version_is_refused(current: Version | None) -> None:
    with pytest.raises(PreconditionFailed):
        require_match('W/"2"', current)
