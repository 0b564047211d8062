"""Bundles put together from stored text."""

from datetime import UTC, datetime

from fhir_server.interactions.assembly import (
    bundle_links,
    bundle_text,
    history_entry,
    search_entry,
    with_query,
)
from fhir_server.model.codec import decode
from fhir_server.model.resource import Version

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 60, UTC)


def version(operation: str, body: bytes = b'{"value":1.50}') -> Version:
    """Return a version made by an operation."""
    deleted = operation == "delete"
    return Version(1, "Basic", "a", 2, MOMENT, deleted, operation, b"" if deleted else body)


def test_stored_text_is_served_byte_for_byte() -> None:
    text = bundle_text({"type": "searchset"}, [search_entry(version("create"), "b", "match")])
    assert text == (
        b'{"resourceType":"Bundle","type":"searchset","entry":[{"fullUrl":"b/Basic/a",'
        b'"resource":{"value":1.50},"search":{"mode":"match"}}]}'
    )


def test_bundle_without_entries_has_no_empty_list() -> None:
    assert decode(bundle_text({"type": "searchset", "total": 0}, [])) == {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 0,
    }


def test_history_tells_how_each_version_came_about() -> None:
    told = {
        operation: decode(history_entry(version(operation), "b"))
        for operation in ("create", "update", "delete")
    }
    assert told["create"]["request"] == {"method": "POST", "url": "Basic"}
    assert told["update"]["request"] == {"method": "PUT", "url": "Basic/a"}
    assert told["delete"]["request"] == {"method": "DELETE", "url": "Basic/a"}
    assert "resource" not in told["delete"]
    assert told["update"]["response"] == {
        "status": "200 OK",
        "etag": 'W/"2"',
        "lastModified": "2026-01-02T03:04:05.000060Z",
    }


def test_quotes_in_an_address_do_not_break_the_entry() -> None:
    entry = decode(search_entry(version("create"), 'http://x"y', "include"))
    assert entry["fullUrl"] == 'http://x"y/Basic/a'


def test_links_keep_what_fhir_gives_a_meaning() -> None:
    url = with_query("u", (("code", "s|a,b"), ("name", "é &=")))
    assert url == "u?code=s|a,b&name=%C3%A9%20%26%3D"
    assert with_query("u", ()) == "u"
    assert bundle_links([("self", url)]) == [{"relation": "self", "url": url}]
