"""Of indexes: no invented values, no growth, the zone of the site, no typed models on the way."""

import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from fhir_server.bulk.progress import Progress
from fhir_server.bulk.reindex import Run
from fhir_server.bulk.task import Task
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.write import Create
from tests.integration.reindex.site import HERE, found, index_rows, patient, post

MODELS = "import fhir_server.app, sys; print(sorted(m for m in sys.modules if m == 'pydantic'))"


def test_date_that_is_none_is_not_indexed(runtime: Runtime) -> None:
    """What validation would refuse, stored all the same, gets no date, least of all today's."""
    for born in ("yesterday", "2024-13-45", "", None, 7, {"year": 2024}):
        with runtime.store.write(HERE) as work:
            work.create("Patient", None, {"resourceType": "Patient", "birthDate": born})  # type: ignore[dict-item]
    assert index_rows(runtime)["ix_date"] == set()
    assert found(runtime, "Patient?birthdate=ge1900") == []


def test_dates_are_those_of_the_zone_of_the_site(migrated_url: str, tmp_path: Path) -> None:
    variables = {"PARITY_DATABASE_URL": migrated_url, "PARITY_DATA_DIR": str(tmp_path)}
    site = Runtime.build(Settings.load(variables | {"PARITY_TIME_ZONE": "America/New_York"}))
    moments = {
        "before": "2026-03-01T23:30:00-05:00",
        "after": "2026-03-02T00:30:00-05:00",
        "utc": "2026-03-02T04:30:00Z",
    }
    ids = {
        name: post(
            site,
            {
                "resourceType": "Observation",
                "status": "final",
                "code": {"text": "x"},
                "effectiveDateTime": moment,
            },
        )["id"]
        for name, moment in moments.items()
    }
    assert set(found(site, "Observation?date=2026-03-01")) == {ids["before"], ids["utc"]}
    assert set(found(site, "Observation?date=2026-03-02")) == {ids["after"]}
    site.store.database.close()


def test_reindexing_more_takes_no_more_memory(runtime: Runtime) -> None:
    peaks = []
    for count in (200, 1000):
        wishes = [Create("Patient", patient(f"pet{number}")) for number in range(count)]
        runtime.store.transact(HERE, lambda work, wishes=wishes: work.apply(wishes))  # type: ignore[misc]
        peaks.append(peak_of_reindexing(replace(runtime)))
    assert peaks[1] < 2.5 * peaks[0]


def peak_of_reindexing(runtime: Runtime) -> int:
    from fhir_server.bulk import drift

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drift, "WINDOW", 100)
        tracemalloc.start()
        done = Run(Task("repair"), HERE, runtime).go(Progress())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert done.changed == 0
    return peak


def test_no_typed_model_is_loaded_to_serve() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MODELS], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
