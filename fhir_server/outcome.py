"""The error tree of the server and its one rendering, the OperationOutcome.

Raise the class that names the reason; it carries the HTTP status and the issue code
(https://hl7.org/fhir/R4/valueset-issue-type.html). Diagnostics name types, ids and paths,
never a patient's values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Literal

Severity = Literal["fatal", "error", "warning", "information"]

ISSUE_SYSTEM = "https://parity.example/fhir/CodeSystem/issue"


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of an OperationOutcome.

    `code` is the R4 issue type; `detail` our stable code (rendered as details.coding of
    ISSUE_SYSTEM); `expression` a FHIRPath; `diagnostics` one sentence for a person.
    """

    severity: Severity
    code: str
    diagnostics: str
    expression: str | None = None
    detail: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the OperationOutcome.issue element."""
        element: dict[str, object] = {"severity": self.severity, "code": self.code}
        if self.detail:
            element["details"] = {"coding": [{"system": ISSUE_SYSTEM, "code": self.detail}]}
        element["diagnostics"] = self.diagnostics
        if self.expression:
            element["expression"] = [self.expression]
        return element


def operation_outcome(issues: Sequence[Issue]) -> dict[str, object]:
    """Return the OperationOutcome resource that carries these issues."""
    return {"resourceType": "OperationOutcome", "issue": [issue.as_json() for issue in issues]}


class FhirError(Exception):
    """A request that cannot be answered; rendered as an OperationOutcome at one place."""

    status = 500
    code = "exception"
    detail: str | None = None

    def __init__(
        self,
        diagnostics: str,
        *,
        expression: str | None = None,
        detail: str | None = None,
        issues: Sequence[Issue] = (),
    ) -> None:
        super().__init__(diagnostics)
        self.issues: tuple[Issue, ...] = tuple(issues) or (
            Issue("error", self.code, diagnostics, expression, detail or self.detail),
        )

    @property
    def may_pass(self) -> bool:
        """Whether the server is the reason, so that the same request may succeed another time."""
        return self.status >= 500

    def outcome(self) -> dict[str, object]:
        """Return the OperationOutcome of this error."""
        return operation_outcome(self.issues)


class Malformed(FhirError):
    """The body is not JSON, or not JSON that can be a FHIR resource."""

    status, code = 400, "structure"


class BadRequest(FhirError):
    """The request itself (URL, header, parameter) is wrong."""

    status, code = 400, "invalid"


class UnknownParameter(BadRequest):
    """A search parameter this type does not have; strict handling refuses it."""

    code, detail = "not-supported", "unknown-parameter"


class NotSupported(BadRequest):
    """A parameter, modifier or form of value of the standard that this server does not answer."""

    code, detail = "not-supported", "not-supported"


class TooComplex(BadRequest):
    """A search that asks for more than a limit of this server allows."""

    code, detail = "too-costly", "search-limit"

    @classmethod
    def of(cls, what: str, setting: str) -> "TooComplex":
        """Return the error that tells the limit and the setting it comes from."""
        return cls(f"{what} (setting PARITY_{setting.upper()})")


class Unauthenticated(FhirError):
    """No token, or one that is not valid."""

    status, code = 401, "login"


class Forbidden(FhirError):
    """The token is valid but its scopes do not cover this interaction and type."""

    status, code = 403, "forbidden"


class NotFound(FhirError):
    """The resource, version, type or path is not known."""

    status, code = 404, "not-found"


class UnknownTerminology(NotFound):
    """A code system or value set is neither stored here nor shipped, or not with its content."""

    detail = "terminology-not-loaded"


class UnknownCode(NotFound):
    """The code system is loaded and has no such code."""

    detail = "code-not-known"


class MethodNotAllowed(FhirError):
    """The path is known but not with this method; `allow` are the methods it answers to."""

    status, code = 405, "not-supported"
    allow: Sequence[str] = ()

    @classmethod
    def of(cls, allow: Sequence[str]) -> "MethodNotAllowed":
        """Return the error that names the methods allowed, HEAD beside GET."""
        named = {*allow, "HEAD"} if "GET" in allow else {*allow}
        error = cls(f"this path answers to {', '.join(sorted(named))}")
        error.allow = sorted(named)
        return error


class NotAcceptable(FhirError):
    """None of the formats the client accepts is served here."""

    status, code = 406, "not-supported"


class Conflict(FhirError):
    """The write conflicts with the state of the server."""

    status, code = 409, "conflict"


class NotReady(Conflict):
    """A search parameter whose index is still being made; `job` is the job that makes it."""

    code, detail = "incomplete", "parameter-not-ready"
    name: str = ""
    job: int = 0

    @classmethod
    def of(cls, name: str, job: int, progress: str = "") -> "NotReady":
        """Return the error that names the parameter, the job, and how far it is."""
        told = f", {progress}" if progress else ""
        error = cls(
            f"the search parameter {name} cannot be searched by yet: what was stored before it is "
            f"being indexed by job {job}{told}; its state is at $reindex-status?job={job}"
        )
        error.name, error.job = name, job
        return error


class Gone(FhirError):
    """The resource existed and was deleted."""

    status, code = 410, "deleted"


class Stale(FhirError):
    """The link leads to a page of a search that can no longer be shown as it was."""

    status, code, detail = 410, "not-found", "stale-cursor"


class PreconditionFailed(FhirError):
    """If-Match or a conditional criterion did not hold."""

    status, code = 412, "conflict"


class MultipleMatches(PreconditionFailed):
    """A conditional criterion matched more than one resource."""

    code = "multiple-matches"


class TooLarge(FhirError):
    """The body or the bundle is over the limit of this server."""

    status, code = 413, "too-long"


class UnsupportedMedia(FhirError):
    """The body's Content-Type is not one this path reads.

    `accept_patch` are the types a patch may have, where the body is one (RFC 5789, 3.1);
    `accept_encoding` the compressions that are read, where it has another (RFC 9110, 15.5.16).
    """

    status, code = 415, "not-supported"
    accept_patch: Sequence[str] = ()
    accept_encoding: Sequence[str] = ()

    @classmethod
    def patch(cls, types: Sequence[str]) -> "UnsupportedMedia":
        """Return the error that names the types of a patch."""
        error = cls(f"send the patch as {' or '.join(types)} in UTF-8")
        error.accept_patch = types
        return error

    @classmethod
    def coding(cls, codings: Sequence[str]) -> "UnsupportedMedia":
        """Return the error that names the compressions of a body."""
        error = cls(f"send the body as it is, or compressed by {' or '.join(codings)}")
        error.accept_encoding = codings
        return error


class Invalid(FhirError):
    """The resource breaks the rules of its definition or a business rule."""

    status, code = 422, "invalid"


class UnusableValueSet(Invalid):
    """A value set says what cannot be worked out: it refers to itself, or filters in vain."""

    detail = "value-set-not-usable"


class TooManyCodes(FhirError):
    """A value set or a branch of a code system has more codes than are compared in one search."""

    status, code, detail = 422, "too-costly", "too-many-codes"


class Unexpected(FhirError):
    """A fault of the server; what went wrong is in its log."""


class TooCostly(FhirError):
    """The database stopped the statement at its time limit."""

    status, code = 503, "too-costly"


class Unavailable(FhirError):
    """The database or another part cannot be reached at the moment; try again."""

    status, code = 503, "transient"


class Throttled(Unavailable):
    """More is asked at once than the server takes on: send less at a time, and this one again."""

    status, code = 429, "throttled"

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed another time: it was not even looked at."""
        return True


def raised_at(error: BaseException) -> str:
    """Return where an exception was raised, innermost last, for a log: places, never values."""
    frames = extract_tb(error.__traceback__)[-4:]
    return ">".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
