"""What `parity x12 check` and `explain` share: terms of judgement, reading in blocks, colours."""

import sys
from pathlib import Path
from typing import cast

import click

from fhir_server.cli.painting import painted
from fhir_server.settings import Settings
from mappers.x12.findings import Level
from mappers.x12.overlays import RULE_IDS, shipped_overlay, shipped_overlays
from mappers.x12.rules.overlay import NotAnOverlay, Overlay, combined, parse_overlay
from mappers.x12.rules.terms import Terms

SNIP = click.option(
    "--snip",
    type=click.IntRange(1, 7),
    default=7,
    show_default=True,
    help="Judge up to this SNIP level (2: syntax and guide alone).",
)
PARTNER = click.option("--partner", default="", help="Judge by the overlays of this partner.")
OVERLAY = click.option(
    "--overlay", default="", help="Judge by the overlay of this TOML file, or one shipped (stedi)."
)
NO_COLOR = click.option(
    "--no-color",
    envvar="NO_COLOR",
    is_flag=False,
    flag_value="yes",
    default="",
    help="Print plain text; NO_COLOR in the environment asks for the same.",
)


def asked_terms(partner: str, named: str, highest: int) -> Terms:
    """Return the terms a person asks for: lists and partner of the installation, if there is one.

    Raises UsageError where the overlay or the partner cannot be used.
    """
    site = _site_terms(partner) if _may_have_installation() else None
    if site is None and partner:
        raise click.UsageError(f"partner {partner} is not known: there is no installation here")
    site = site or Terms()
    overlay = combined((site.overlay, _overlay(named))) if named else site.overlay
    return Terms(cast("Level", highest), overlay, site.lists)  # click keeps it between 1 and 7


def _may_have_installation() -> bool:
    url = Settings.load().database_url
    file = url.removeprefix("sqlite:///")
    return file == url or Path(file).is_file()


def _site_terms(partner: str) -> Terms | None:
    """Return the terms of the installation here; None where its database cannot be used."""
    from fhir_server.cli.installation import open_runtime_if_any, operator  # noqa: PLC0415  heavy
    from fhir_server.store.terms import terms_of  # noqa: PLC0415  heavy too, needed only here

    runtime = open_runtime_if_any()
    if runtime is None:
        return None
    with runtime.store.read(operator(runtime)) as reader:
        return terms_of(reader, partner)


def _overlay(named: str) -> Overlay:
    try:
        if named in shipped_overlays():
            return shipped_overlay(named)
        return parse_overlay(Path(named).read_text(encoding="utf-8"), RULE_IDS)
    except (NotAnOverlay, OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"--overlay {named}: {error}") from None


def echo_painted(text: str, no_color: str) -> None:
    """Print with colours at a terminal, plain elsewhere or where nobody wants them."""
    is_plain = bool(no_color) or not sys.stdout.isatty()
    click.echo(text if is_plain else painted(text), color=not is_plain)
