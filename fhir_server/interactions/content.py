"""What is asked of every resource a client wants stored, before the database is touched."""

import re
from typing import Protocol

from fhir_server.model.resource import JsonObject
from fhir_server.model.subset import is_subsetted
from fhir_server.outcome import BadRequest, Invalid, Issue

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


class Judge(Protocol):
    """What tells whether a resource is valid: the structural validator."""

    def check(self, resource: JsonObject, *, entries: bool = True) -> tuple[Issue, ...]:
        """Return what is wrong with a resource."""
        ...


def check_type(resource: JsonObject | None, type: str) -> JsonObject:
    """Return the body when it is a whole resource of the type the URL names.

    Raises BadRequest for another type, Invalid for a part of a resource.
    """
    if resource is None:
        raise BadRequest(f"a {type} is expected in the body", detail="no-body")
    if resource.get("resourceType") != type:
        raise BadRequest(
            f"the body is not a {type}, which the URL names",
            expression="resourceType",
            detail="type-mismatch",
        )
    check_whole(resource)
    return resource


def check_whole(resource: JsonObject) -> None:
    """Refuse a part of a resource. Raises Invalid."""
    if is_subsetted(resource):
        raise Invalid(
            "the resource is tagged SUBSETTED: what was cut from it would be lost",
            expression=f"{resource.get('resourceType')}.meta.tag",
            detail="subsetted",
        )


def check_content(resource: JsonObject, judge: Judge, *, entries: bool = True) -> None:
    """Refuse a resource that breaks its definition. Raises Invalid with every issue found.

    The resources inside a Bundle are judged too unless `entries` is False.
    """
    issues = judge.check(resource, entries=entries)
    if any(issue.severity in ("error", "fatal") for issue in issues):
        raise Invalid("the resource breaks its definition", issues=issues)


def check_id(resource: JsonObject, id: str) -> None:
    """Refuse a body whose id is missing or not the one in the URL.

    Source: https://hl7.org/fhir/R4/http.html#update. Raises BadRequest.
    """
    if ID.fullmatch(id) is None:
        raise BadRequest(
            "an id is 1 to 64 letters, digits, hyphens and dots", expression="Resource.id"
        )
    if resource.get("id") != id:
        name = resource.get("resourceType")
        raise BadRequest(
            f"{name}.id must be there and equal the id in the URL",
            expression=f"{name}.id",
            detail="id-mismatch",
        )
