import struct
from pathlib import Path

import pytest

from tests.browser import install
from tests.browser.chromium import Chromium

PAGE = """<!doctype html><title>Before</title><p id="state">before</p>
<script>document.getElementById("state").textContent = "after " + (6 * 7);</script>"""


def test_text_is_read_after_the_scripts_ran(chromium: Chromium, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    assert '<p id="state">after 42</p>' in chromium.text(page.as_uri())


def test_picture_has_the_size_of_the_window(chromium: Chromium, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    file = chromium.picture(page.as_uri(), tmp_path / "page.png", width=640, height=480)
    content = file.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (640, 480)


def test_machine_without_apt_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no apt-get" in install.obstacle()


def test_failed_installation_gives_the_last_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = tmp_path / "apt-get"
    fake.write_text("#!/bin/sh\necho 'E: mirror is away' >&2\nexit 100\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert install.install() == "apt-get update -qq: E: mirror is away"
    assert "Installing" in capsys.readouterr().err
