"""`parity init`, `client`, `token`, `db`: setting up and looking after an installation."""

import json
from collections.abc import Mapping

import click

from fhir_server.bulk.task import Task, enqueue
from fhir_server.cli.installation import open_ready_runtime, operator
from fhir_server.db import migrate
from fhir_server.db.engine import Database
from fhir_server.security.grant import narrow_scopes
from fhir_server.security.scope import BadScope, Scope, parse_scopes
from fhir_server.settings import Settings
from fhir_server.store import clients

INDEXED_ANEW = "0006"
"""The newest revision that what was stored before has to be indexed anew for."""
EVERYTHING = "system/*.cruds"
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def open_database(settings: Settings) -> Database:
    """Return the database of the settings, whatever its state; closed when the command ends."""
    database = Database.open(
        settings.database_url, settings.pool_size, statement_timeout=settings.statement_timeout
    )
    click.get_current_context().call_on_close(database.close)
    return database


@click.command()
@JSON
def init(*, as_json: bool) -> None:
    """Create or upgrade the database; make the first administrator and print its secret once."""
    job = bring_up_to_date()[1]
    runtime = open_ready_runtime()
    context = operator(runtime)
    with runtime.store.write(context) as work:
        work.claim("first administrator")
        if clients.all_clients(work):
            secret = None
        else:
            made, secret = clients.register(work, "administrator", [EVERYTHING])
    if secret is None:
        told = {} if job is None else {"reindex": job}
        click.echo(json.dumps(told) if as_json else "The database is up to date.")
        if job is not None and not as_json:
            click.echo(indexed_by(job))
        return
    _show({"client_id": made.id, "client_secret": secret, "scope": EVERYTHING}, as_json=as_json)


@click.group()
def client() -> None:
    """Register, list and revoke the clients that may come in."""


@client.command()
@click.argument("name")
@click.option("--scope", default=EVERYTHING, show_default=True, help="Scopes it may ask for.")
@JSON
def add(name: str, scope: str, *, as_json: bool) -> None:
    """Register client NAME; print its id and its secret, which is shown only now."""
    scopes = [str(one) for one in _scopes(scope)]
    runtime = open_ready_runtime()
    with runtime.store.write(operator(runtime)) as work:
        made, secret = clients.register(work, name, scopes)
    _show(
        {"client_id": made.id, "client_secret": str(secret), "scope": " ".join(scopes)},
        as_json=as_json,
    )


@client.command("list")
@JSON
def list_clients(*, as_json: bool) -> None:
    """List the clients: id, name, scopes, and whether they are revoked."""
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        known = clients.all_clients(reader)
    if as_json:
        rows = [
            {
                "client_id": one.id,
                "name": one.name,
                "scope": " ".join(one.scopes),
                "revoked": one.revoked is not None,
            }
            for one in known
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    for one in known:
        state = "revoked" if one.revoked else "active"
        click.echo(f"{one.id}  {state:<8} {one.name}  {' '.join(one.scopes)}")


@client.command()
@click.argument("id")
def revoke(id: str) -> None:
    """Shut client ID out, with every token it holds."""
    runtime = open_ready_runtime()
    with runtime.store.write(operator(runtime)) as work:
        clients.revoke(work, id)
    click.echo(f"{id} is revoked.")


@click.command()
@click.option("--client-id", required=True, help="The client's id.")
@click.option("--client-secret", required=True, help="The client's secret.")
@click.option("--scope", help="Scopes to ask for (default: all the client may have).")
@click.pass_context
def token(context: click.Context, client_id: str, client_secret: str, scope: str | None) -> None:
    """Print an access token, for curl."""
    runtime = open_ready_runtime()
    with runtime.store.write(operator(runtime)) as work:
        known = clients.authenticate(work, client_id, client_secret)
        if known is None:
            click.echo("parity: the client id or secret is wrong, or it is revoked", err=True)
            context.exit(1)
        allowed = parse_scopes(" ".join(known.scopes))
        granted = narrow_scopes(_scopes(scope), allowed) if scope else allowed
        if not granted:
            click.echo(f"parity: the client may not have {scope}", err=True)
            context.exit(1)
        scopes = [str(one) for one in granted]
        issued = clients.issue(work, known, scopes, runtime.settings.token_lifetime)
    click.echo(issued)


@click.group()
def db() -> None:
    """Look at the database's revision, or bring it up to date."""


@db.command()
@JSON
def status(*, as_json: bool) -> None:
    """Tell the database's revision and the newest; exit 0 also when an upgrade is due."""
    _report(migrate.status(open_database(Settings.load())), as_json=as_json)


@db.command()
@JSON
def upgrade(*, as_json: bool) -> None:
    """Bring the database to the newest revision.

    Where it indexes more than before, the worker is left the job to index what is stored.
    """
    found, job = bring_up_to_date()
    _report(found, as_json=as_json, job=job)


def bring_up_to_date() -> tuple[migrate.Status, int | None]:
    """Upgrade the database; return where it is now, and the job that indexes it anew, if any."""
    database = open_database(Settings.load())
    before = migrate.status(database).current
    after = migrate.upgrade(database)
    if before is None or before >= INDEXED_ANEW:
        return after, None
    runtime = open_ready_runtime()
    left = runtime.store.transact(operator(runtime), lambda work: enqueue(work, Task("repair")))
    return after, left


def indexed_by(job: int) -> str:
    """Return what to tell of a database that is being indexed anew."""
    return (
        f"The worker indexes anew what was stored before (job {job}); searches by :missing "
        "may miss some of it until then. To do it here: parity reindex"
    )


def _report(found: migrate.Status, *, as_json: bool, job: int | None = None) -> None:
    if as_json:
        shown = {"current": found.current, "head": found.head, "up_to_date": found.is_current}
        click.echo(json.dumps(shown if job is None else shown | {"reindex": job}))
        return
    click.echo(f"current {found.current or 'none'}, head {found.head}")
    if found.is_newer:
        click.echo("The database is of a newer version of Parity: use that one.")
    elif job is not None:
        click.echo(indexed_by(job))
    elif not found.is_current:
        click.echo("An upgrade is due: parity db upgrade")


def _scopes(text: str) -> tuple[Scope, ...]:
    try:
        return parse_scopes(text)
    except BadScope as error:
        raise click.UsageError(str(error)) from error


def _show(values: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(values))
        return
    for name, text in values.items():
        click.echo(f"{name}: {text}")
    click.echo("Keep the secret now: it is not stored and cannot be shown again.")
