import math
import sqlite3

import pytest

from fhir_server.db.engine import FUNCTIONS, give_functions


class Bare(sqlite3.Connection):
    """A connection of a SQLite that was built without mathematical functions."""

    def execute(self, sql: str, parameters: tuple[str, ...] = ()) -> sqlite3.Cursor:  # type: ignore[override]
        if "pragma_function_list" in sql:
            return super().execute("SELECT 1 WHERE false")
        return super().execute(sql, parameters)


@pytest.mark.parametrize("kind", [sqlite3.Connection, Bare])
def test_sqlite_computes_distances_however_it_was_built(kind: type[sqlite3.Connection]) -> None:
    connection = sqlite3.connect(":memory:", factory=kind)
    give_functions(connection)
    for name, function in FUNCTIONS.items():
        (value,) = connection.execute(f"SELECT {name}(0.5)").fetchone()
        assert value == pytest.approx(function(0.5))
    (angle,) = connection.execute("SELECT asin(sin(radians(30)))").fetchone()
    connection.close()
    assert angle == pytest.approx(math.pi / 6)
