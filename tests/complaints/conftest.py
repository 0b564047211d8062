"""An installation in this process, and a running server, on a database of each kind."""

from tests.integration.conftest import server, tag
from tests.integration.reindex.conftest import runtime

__all__ = ["runtime", "server", "tag"]
