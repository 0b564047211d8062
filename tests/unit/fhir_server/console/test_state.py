"""How the parts of an installation are judged."""

from datetime import UTC, datetime, timedelta

from fhir_server.console.state import ALIVE, Part, State, addresses, database_part, role_part
from fhir_server.db.revision import newest_revision
from fhir_server.store.processes import Process

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def heard(ago: timedelta, name: str = "host:1", **detail: str) -> Process:
    """Return a listener heard some time ago."""
    return Process("listener", name, NOW, NOW - ago, dict(detail))


def test_part_is_well_while_it_is_heard() -> None:
    running = [heard(ALIVE, address="127.0.0.1:2575"), heard(timedelta(days=1), "host:2")]
    part = role_part("listener", running, NOW)
    assert part == Part("listener", is_well=True, words="running: host:1 at 127.0.0.1:2575")


def test_silent_or_absent_part_is_not_well() -> None:
    silent = [heard(ALIVE + timedelta(seconds=1))]
    assert not role_part("listener", silent, NOW).is_well
    assert not role_part("worker", [heard(timedelta())], NOW).is_well


def test_database_at_another_revision_is_not_ready() -> None:
    assert State((database_part(newest_revision(), "sqlite"),)).is_ready
    behind = database_part("0000", "sqlite")
    assert not State((behind,)).is_ready
    assert "parity db upgrade" in behind.words


def test_installation_without_a_worker_still_answers() -> None:
    well = database_part(newest_revision(), "postgresql")
    assert State((well, Part("worker", is_well=False, words="not there"))).is_ready


def test_addresses_are_below_the_base() -> None:
    assert all(url.startswith("https://x.example/") for _, url in addresses("https://x.example"))
