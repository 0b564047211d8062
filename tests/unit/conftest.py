"""Unit tests meet no database and no network; an audit hook refuses what would."""

import sys
from collections.abc import Iterator

import pytest

REFUSED = ("socket.connect", "socket.bind", "sqlite3.connect")
_watching: list[str] = []


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if _watching and event in REFUSED:
        raise RuntimeError(f"{event} in the unit test {_watching[0]}: move it to integration")


sys.addaudithook(_refuse)


@pytest.fixture(autouse=True)
def no_world(request: pytest.FixtureRequest) -> Iterator[None]:
    """Refuse sockets and databases while the test runs."""
    _watching.append(request.node.name)
    yield
    _watching.clear()
