import click
import pytest
from click.testing import CliRunner

from fhir_server.cli.listener import listener
from fhir_server.cli.serve import serve
from fhir_server.cli.web import web


@pytest.mark.parametrize("role", [serve, web, listener])
@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_port_that_cannot_be_is_refused_before_anything_starts(
    role: click.Command, port: str
) -> None:
    answered = CliRunner().invoke(role, ["--port", port])
    assert answered.exit_code == 2
    assert "--port" in answered.output
