"""The browser of this machine."""

import pytest

from tests.browser.chromium import Chromium, find_chromium


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """Return the browser; skip the test where there is none."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium is installed here (as root: make browser)")
    return found
