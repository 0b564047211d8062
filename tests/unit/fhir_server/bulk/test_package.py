"""Which versions are history: what a reader of current resources does not see."""

from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from fhir_server.bulk.package import superseded
from fhir_server.model.resource import Version

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)
Past = list[list[bool]]


def versions(past: Past) -> Iterable[Version]:
    """Return the versions of resources; each is told by whether its versions are tombstones."""
    for rid, deletions in enumerate(past):
        for number, deleted in enumerate(deletions, 1):
            yield Version(rid, "Patient", str(rid), number, MOMENT, deleted, "update", b"{}")


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=4), max_size=5))
def test_a_version_is_history_or_current_and_never_both(past: Past) -> None:
    found = {(one.rid, one.number) for one in superseded(iter(versions(past)))}
    current = {(rid, len(deletions)) for rid, deletions in enumerate(past) if not deletions[-1]}
    every = {(one.rid, one.number) for one in versions(past)}
    assert found == every - current
