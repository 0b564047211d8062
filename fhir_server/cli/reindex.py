"""`parity reindex`: the search index compared with the resources, and put right."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from fhir_server.bulk.progress import Progress, as_json
from fhir_server.bulk.reindex import Incomplete, Run, watch_nothing
from fhir_server.bulk.task import Task, enqueue
from fhir_server.cli.installation import open_ready_runtime, operator
from fhir_server.model.codec import encode
from fhir_server.runtime import Runtime
from fhir_server.store import parameters
from fhir_server.store.parameters import Kept
from fhir_server.store.unit_of_work import UnitOfWork

Watch = Callable[[Progress], None]


@click.command()
@click.option(
    "--type", "types", multiple=True, help="Only resources of this type; may be repeated."
)
@click.option("--parameter", help="Only the types of the search parameter with this URL.")
@click.option("--verify", is_flag=True, help="Tell what differs; change nothing.")
@click.option("--enqueue", "later", is_flag=True, help="Leave it to the worker as a job.")
@click.option("--json", "machine", is_flag=True, help="Print one JSON object.")
@click.pass_context
def reindex(
    context: click.Context,
    types: tuple[str, ...],
    parameter: str | None,
    *,
    verify: bool,
    later: bool,
    machine: bool,
) -> None:
    """Compare the search index with the resources, and put right what differs.

    Exit 1 when a resource could not be processed, or when --verify finds a difference.
    """
    runtime = open_ready_runtime()
    task = task_of(types, parameter, runtime, only_tells=verify)
    if later:
        job = runtime.store.transact(operator(runtime), lambda work: leave(work, task))
        click.echo(encode({"job": job}).decode() if machine else f"job {job} is waiting")
        return
    with shown(machine=machine) as watch:
        progress, whole = run(task, runtime, watch)
    told = as_json(progress) | {"state": "done" if whole else "incomplete"}
    click.echo(encode(told).decode() if machine else "\n".join(lines(progress)))
    differs = verify and bool(progress.changed)
    context.exit(0 if whole and not differs else 1)


def task_of(types: tuple[str, ...], url: str | None, runtime: Runtime, *, only_tells: bool) -> Task:
    """Return what is asked for; a parameter that waits for its index is built.

    Raises a usage error for a type or a parameter that is not known.
    """
    for type in types:
        if not runtime.definitions.is_resource_type(type):
            raise click.UsageError(f"{type} is not a resource type")
    if url is None:
        return Task("repair", types=types, only_tells=only_tells)
    kept = own_parameter(url, runtime)
    if kept is not None and kept.state == "building" and not only_tells:
        return Task("build", kept.id)
    known = kept.custom.types if kept is not None else standard_types(url, runtime)
    if not known:
        raise click.UsageError(f"no search parameter has the URL {url}")
    wanted = tuple(type for type in known if not types or type in types)
    return Task("repair", types=wanted, only_tells=only_tells)


def own_parameter(url: str, runtime: Runtime) -> Kept | None:
    """Return the parameter of the site's own with this URL."""
    with runtime.store.read(operator(runtime)) as reader:
        kept = [one for one in parameters.all_kept(reader) if one.custom.url == url]
    return next((one for one in kept if one.state != "removing"), None)


def standard_types(url: str, runtime: Runtime) -> tuple[str, ...]:
    """Return the types that have a standard search parameter with this URL."""
    definitions = runtime.definitions
    return tuple(
        type
        for type in definitions.resource_types
        if any(row.url == url for row in definitions.search_parameters(type).values())
    )


def leave(work: UnitOfWork, task: Task) -> int:
    """Leave a task to the worker; return its job."""
    kept = parameters.find(work, task.parameter) if task.task == "build" else None
    return parameters.rebuild(work, kept) if kept is not None else enqueue(work, task)


def run(task: Task, runtime: Runtime, watch: Watch) -> tuple[Progress, bool]:
    """Do the task here; return its counts, and whether every resource was processed."""
    try:
        return Run(task, operator(runtime), runtime, watch=watch).go(Progress()), True
    except Incomplete as error:
        return error.progress, False


@contextmanager
def shown(*, machine: bool) -> Iterator[Watch]:
    """Show the progress on a terminal when a person watches."""
    if machine or not sys.stderr.isatty():
        yield watch_nothing
        return
    with click.progressbar(length=1, label="reindexing", file=sys.stderr, show_pos=True) as bar:

        def watch(progress: Progress) -> None:
            bar.length = max(progress.total, 1)
            bar.update(progress.processed - bar.pos)

        yield watch


def lines(progress: Progress) -> Iterator[str]:
    """Yield what there is to tell: failures one by one, then the counts."""
    for one in progress.failures:
        yield f"{one.resource}: {one.reason}"
    yield f"{progress.missing} index rows missing, {progress.extra} too many"
    yield progress.sentence
