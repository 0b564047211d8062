"""A real server of each database, authentication on: that of the integration tests."""

from tests.integration.conftest import server, tag

__all__ = ["server", "tag"]
