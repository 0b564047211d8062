"""Settings are read from the environment and a file, and a wrong one is named."""

from pathlib import Path

import pytest

from fhir_server.settings import SettingError, Settings


def test_nothing_set_gives_the_defaults() -> None:
    assert Settings.load({}) == Settings()


def test_environment_is_read_by_type() -> None:
    settings = Settings.load({"PARITY_PAGE_SIZE": "7", "PARITY_AUTH": "off", "PARITY_FEED": "lab"})
    assert (settings.page_size, settings.auth, settings.feed) == (7, False, "lab")


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "parity.toml"
    file.write_text('page_size = 11\npage_limit = 99\nauth = true\nfeed = "lab"\n')
    settings = Settings.load({"PARITY_CONFIG": str(file), "PARITY_PAGE_SIZE": "12"})
    assert (settings.page_size, settings.page_limit, settings.feed) == (12, 99, "lab")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PARITY_PAGE_SIZE": "many"}, "PARITY_PAGE_SIZE must be a whole number"),
        ({"PARITY_PAGE_SIZE": "-3"}, "PARITY_PAGE_SIZE must be at least 1"),
        ({"PARITY_AUTH": "perhaps"}, "PARITY_AUTH must be on or off"),
        ({"PARITY_CONFIG": "/nowhere/parity.toml"}, "cannot be read"),
    ],
)
def test_wrong_value_is_named(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        Settings.load(environment)


def test_unknown_name_in_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "parity.toml"
    file.write_text("pages = 3\n")
    with pytest.raises(SettingError, match="unknown setting pages"):
        Settings.load({"PARITY_CONFIG": str(file)})


def test_settings_travel_to_another_process() -> None:
    settings = Settings(page_size=3, auth=False, data_dir="elsewhere")
    assert Settings.load(settings.environment()) == settings
