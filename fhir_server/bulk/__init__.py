"""Data in bulk: the system export, the package a practice leaves with, loading many files."""

from collections.abc import Callable, Mapping

from fhir_server.bulk.export import KIND, run_export
from fhir_server.runtime import Runtime
from fhir_server.store.jobs import Job

HANDLERS: Mapping[str, Callable[[Job, Runtime], None]] = {KIND: run_export}
"""What the worker runs, by the kind of job."""
