"""A running server and the databases made on it."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg import sql

USER = "parity"
SYSTEM_DATABASE = "postgres"
EMPTY_TEMPLATE = "template0"


@dataclass(frozen=True, slots=True)
class Server:
    """Where a private server listens; every test makes its own database on it."""

    port: int
    password: str
    origin: str

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def connect(self) -> psycopg.Connection:
        """Open a connection from which databases are made and dropped."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=self.password,
            dbname=SYSTEM_DATABASE,
            autocommit=True,
            connect_timeout=10,
        )

    def create_database(self, name: str, template: str = EMPTY_TEMPLATE) -> str:
        """Create a database as a copy of the template; return its URL."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, closing whatever is still connected to it."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """Return the name of a template database, built by `build(url)` on its first use.

        Workers that ask at the same time wait for the one that builds. A build that fails leaves
        no half-made template.
        """
        with self.connect() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if known.fetchone() is None:
                self._build(name, build)
        return name

    def _build(self, name: str, build: Callable[[str], None]) -> None:
        url = self.create_database(name)
        try:
            build(url)
        except BaseException:
            self.drop_database(name)
            raise
