"""The `parity` command: one table of commands, each loaded when it is called."""

import importlib
import sys

import click

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


class Commands(click.Group):
    """The group whose commands are the rows of COMMANDS; a module is imported at its first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None when there is no such row."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


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
