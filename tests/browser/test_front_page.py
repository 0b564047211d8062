"""The page at `/`, as a person sees it."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.site import Site, running
from tests.browser.chromium import Chromium

ELSEWHERE = re.compile(r"""(?:src|href|action)=["']?(?:https?:)?//(?!127\.0\.0\.1)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with running(Site(folder, f"sqlite:///{folder / 'parity.db'}"), "serve") as site:
        site.fhir("POST", "Patient", {"resourceType": "Patient"}, status=201)
        yield site


@pytest.fixture
def address(site: Site) -> str:
    return f"http://127.0.0.1:{site.port}/"


def test_front_page_shows_addresses_and_running_parts(chromium: Chromium, address: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        text = chromium.text(address)
        if text.count("running") == 2 or time.monotonic() > deadline:
            break
    assert f"{address}fhir/metadata" in text
    assert "database" in text
    assert re.search(r"worker\W.*?running", text)
    assert re.search(r"listener\W.*?running", text)


def test_front_page_counts_resources_without_showing_any(
    chromium: Chromium, address: str, site: Site
) -> None:
    name = "Quillfeather"
    site.fhir(
        "POST", "Patient", {"resourceType": "Patient", "name": [{"family": name}]}, status=201
    )
    text = chromium.text(address)
    assert re.search(r"Patient\D+2\b", text)
    assert name not in text


def test_front_page_loads_nothing_from_elsewhere(chromium: Chromium, address: str) -> None:
    assert ELSEWHERE.findall(chromium.text(address)) == []


def test_front_page_can_be_pictured(chromium: Chromium, address: str, tmp_path: Path) -> None:
    picture = chromium.picture(address, tmp_path / "front.png")
    assert picture.stat().st_size > 5_000
