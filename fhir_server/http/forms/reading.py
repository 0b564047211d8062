"""A JSON body read by a form: every wrong member is an issue of its own."""

from collections.abc import Mapping

import msgspec
from marshmallow import Schema, ValidationError

from fhir_server.outcome import Invalid, Issue, Malformed
from profiles.typed import TypedReader

_MEMBERS = TypedReader(dict[str, object])


def read_form(body: bytes, id: str, schema: Schema, what: str) -> object:
    """Return what the form makes of a JSON body; its id is that of the URL.

    Raises Malformed, or Invalid with an issue for every wrong member.
    """
    try:
        given = _MEMBERS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed("the body must be a JSON object") from None
    try:
        return schema.load(given | {"id": id})
    except ValidationError as error:
        raise Invalid(f"this is no {what}", issues=_issues(error.messages_dict)) from None


def _issues(messages: Mapping[str, object], place: str = "") -> list[Issue]:
    issues = []
    for name, told in messages.items():
        path = f"{place}{name}"
        if isinstance(told, Mapping):
            issues += _issues(told, f"{path}.")
        else:
            words = " ".join(map(str, told)) if isinstance(told, list) else str(told)
            issues.append(Issue("error", "invalid", f"{path}: {words}", path, "bad-member"))
    return issues
