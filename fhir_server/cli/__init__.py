"""The `parity` command: one table of commands, each loaded when it is called."""

import sys

import click

from fhir_server.cli.table import CommandTable
from fhir_server.outcome import FhirError
from fhir_server.settings import SettingError

COMMANDS = {
    "serve": "fhir_server.cli.serve:serve",
    "web": "fhir_server.cli.web:web",
    "worker": "fhir_server.cli.worker:worker",
    "listener": "fhir_server.cli.listener:listener",
    "init": "fhir_server.cli.administration:init",
    "client": "fhir_server.cli.administration:client",
    "token": "fhir_server.cli.administration:token",
    "db": "fhir_server.cli.administration:db",
    "load": "fhir_server.cli.data:load",
    "export": "fhir_server.cli.data:export",
    "verify": "fhir_server.cli.data:verify",
    "reindex": "fhir_server.cli.reindex:reindex",
    "partner": "fhir_server.cli.partner:partner",
    "x12": "fhir_server.cli.x12:x12",
    "v2": "fhir_server.cli.v2:v2",
}


class Commands(CommandTable):
    """All commands."""

    rows = COMMANDS


@click.group(cls=Commands)
@click.version_option(package_name="parity", prog_name="parity")
def parity() -> None:
    """Parity: a FHIR server that speaks X12 with payers and HL7 v2 with labs."""


def main() -> None:
    """Run the command line; exit 0 on success, 1 for input judged bad, 2 when it cannot run."""
    try:
        status = parity.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except (FhirError, SettingError, OSError) as error:
        click.echo(f"parity: {error}", err=True)
        sys.exit(2)
    sys.exit(status if isinstance(status, int) else 0)
