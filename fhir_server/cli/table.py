"""A group of commands as a table: name -> `module:attribute`, imported at its first use."""

import importlib
from collections.abc import Mapping
from typing import ClassVar

import click


class CommandTable(click.Group):
    """The group whose commands are `rows`; its help lists them in the order of the table."""

    rows: ClassVar[Mapping[str, str]]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the table."""
        del ctx
        return list(self.rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None when there is no such row."""
        del ctx
        if cmd_name not in self.rows:
            return None
        module, _, name = self.rows[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command
