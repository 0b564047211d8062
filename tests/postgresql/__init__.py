"""A private PostgreSQL for tests and benchmarks: found, started, shared and removed again.

`private_server()` is the whole of it for a script; pytest reaches it by the fixtures
`postgresql_url` and `database_url` of `tests/conftest.py`.
"""

from tests.postgresql.binaries import Binaries, find_binaries
from tests.postgresql.keeper import Keeper, private_server
from tests.postgresql.server import Server

__all__ = ["Binaries", "Keeper", "Server", "find_binaries", "private_server"]
