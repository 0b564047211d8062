"""Version tags in conditional headers: If-Match and If-None-Match.

Source: https://hl7.org/fhir/R4/http.html#concurrency. The weak tag `W/"3"` names version 3.
"""

import re

from fhir_server.model.resource import Version
from fhir_server.outcome import BadRequest, PreconditionFailed
from fhir_server.settings import Settings

ANY = "*"
_TAG = re.compile(r'(?:W/)?"([^"]*)"|([0-9]+)')


def parse_tags(header: str) -> frozenset[str]:
    """Return the version ids a header lists; `*` stands for any.

    A bare number is taken as a tag. Raises BadRequest for anything else.
    """
    tags = set()
    for text in header.split(","):
        match = _TAG.fullmatch(text.strip())
        if match is None and text.strip() != ANY:
            raise BadRequest('a version tag is written W/"3"', detail="bad-etag")
        tags.add(ANY if match is None else match[1] if match[1] is not None else match[2])
    return frozenset(tags)


def is_named(header: str | None, version: Version | None) -> bool:
    """Whether a header names this version; `*` names any that exists and is not deleted."""
    if header is None or version is None or version.deleted:
        return False
    tags = parse_tags(header)
    return ANY in tags or str(version.number) in tags


def require_no_match(header: str | None, current: Version | None) -> None:
    """Refuse the write when If-None-Match names the current version; `*` names any there is.

    Raises PreconditionFailed.
    """
    if is_named(header, current):
        raise PreconditionFailed(
            "If-None-Match does not hold: the resource exists", detail="if-none-match"
        )


def require_if_match(header: str | None, settings: Settings) -> None:
    """Refuse a change without If-Match where the server demands one. Raises BadRequest.

    Source: https://hl7.org/fhir/R4/http.html#concurrency.
    """
    if settings.require_if_match and header is None:
        raise BadRequest("this server asks for If-Match on every change", detail="no-if-match")


def require_match(header: str | None, current: Version | None) -> None:
    """Refuse the write unless If-Match, where given, names the current version.

    Raises PreconditionFailed, which tells the current version number and nothing else.
    """
    if header is not None and not is_named(header, current):
        state = "is deleted" if current and current.deleted else "does not exist"
        if current is not None and not current.deleted:
            state = f"is version {current.number} now"
        raise PreconditionFailed(f"If-Match does not hold: the resource {state}", detail="if-match")


def check_match(if_match: str | None, current: Version | None, settings: Settings) -> None:
    """Refuse a change that If-Match does not allow. Raises BadRequest, PreconditionFailed."""
    if current is not None and not current.deleted:
        require_if_match(if_match, settings)
    require_match(if_match, current)
