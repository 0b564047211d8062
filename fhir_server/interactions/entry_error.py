"""Errors of an entry of a batch or transaction, told as errors of the Bundle that holds it."""

from collections.abc import Iterator
from contextlib import contextmanager

from fhir_server.outcome import FhirError, Issue


@contextmanager
def about(index: int) -> Iterator[None]:
    """Make errors of the block tell that they are about this entry."""
    try:
        yield
    except FhirError as error:
        raise at_entry(error, index) from error


def at_entry(error: FhirError, index: int) -> FhirError:
    """Return the same error telling that it is about this entry: place and expressions."""
    return type(error)(str(error), issues=[move_issue(issue, index) for issue in error.issues])


def move_issue(issue: Issue, index: int) -> Issue:
    """Return an issue of a resource as an issue of the Bundle that holds it."""
    place = f"Bundle.entry[{index}]"
    if issue.expression is None:
        return Issue(
            issue.severity, issue.code, f"{place}: {issue.diagnostics}", place, issue.detail
        )
    if issue.expression.startswith("Bundle."):
        return issue
    _, dot, rest = issue.expression.partition(".")
    inside = f"{place}.resource{dot}{rest}"
    diagnostics = f"{place}: {issue.diagnostics}"
    return Issue(issue.severity, issue.code, diagnostics, inside, issue.detail)
