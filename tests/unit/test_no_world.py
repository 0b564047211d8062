import socket
import sqlite3

import pytest


def test_socket_is_refused_in_unit_tests() -> None:
    with socket.socket() as client, pytest.raises(RuntimeError, match=r"socket\.connect"):
        client.connect(("127.0.0.1", 9))


def test_database_is_refused_in_unit_tests() -> None:
    with pytest.raises(RuntimeError, match=r"sqlite3\.connect"):
        sqlite3.connect(":memory:")
