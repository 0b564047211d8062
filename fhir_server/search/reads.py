"""What runs the statements of a search."""

from typing import Protocol

from fhir_server.model.resource import Version
from fhir_server.search.moment import Moment
from fhir_server.search.query import Query
from fhir_server.search.statement import Plan


class Reads(Protocol):
    """A reader of the store."""

    def led(self, query: Query) -> Query:
        """Return the query with a criterion marked as few where the database does not know."""
        ...

    def search(self, plan: Plan) -> list[Version]:
        """Return the versions a plan selects."""
        ...

    def marked(self, plan: Plan) -> tuple[list[Version], Moment | None]:
        """Return the versions a plan selects, and the moment whose mark it selects besides.

        There is none without versions, nor in a unit of work.
        """
        ...

    def tally(self, plan: Plan) -> int:
        """Return the number a plan counts."""
        ...
