from pathlib import Path

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.runtime import Runtime
from fhir_server.settings import SettingError, Settings
from fhir_server.store.identity import utc_now


def test_building_touches_neither_database_nor_file(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "parity.db"
    runtime = Runtime.build(Settings(database_url=f"sqlite:///{file}"))
    assert runtime.store.database.dialect == "sqlite"
    assert not file.exists()


def test_parts_of_the_runtime_fit_together(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'parity.db'}")
    runtime = Runtime.build(settings)
    patient: JsonObject = {"resourceType": "Patient", "gender": "female"}
    assert runtime.validator.check(patient) == ()
    assert len(runtime.store.extract(patient, 1).eq) > 0
    assert runtime.store.clock is utc_now


def test_base_of_references_is_the_public_address(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parity.db'}"
    public = Settings(database_url=url, base_url="https://parity.example/")
    assert Runtime.build(public).editions.standard.registry.base == "https://parity.example/fhir"
    assert Runtime.build(Settings(database_url=url)).editions.standard.registry.base == ""


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "Europe"])
def test_unknown_time_zone_is_named(zone: str) -> None:
    with pytest.raises(SettingError, match="PARITY_TIME_ZONE"):
        Runtime.build(Settings(time_zone=zone))
