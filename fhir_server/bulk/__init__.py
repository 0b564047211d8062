"""Data in bulk: export, the package a practice leaves with, loading many files, reindexing."""

from collections.abc import Callable, Mapping

from fhir_server.bulk.export import KIND, run_export
from fhir_server.bulk.reindex import run_reindex
from fhir_server.runtime import Runtime
from fhir_server.store.jobs import Job
from fhir_server.store.parameters import KIND as REINDEX

HANDLERS: Mapping[str, Callable[[Job, Runtime], None]] = {
    KIND: run_export,
    REINDEX: run_reindex,
}
"""What the worker runs, by the kind of job."""
