"""What the store makes of a resource: its stamp, its body, its hash; pure.

The body is the served JSON text, written once. It is the resource as received, member order
included, with `id`, `meta.versionId` and `meta.lastUpdated` set
(https://hl7.org/fhir/R4/resource.html#Meta).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from fhir_server.model.codec import encode, encode_alike
from fhir_server.model.date import EPOCH, microseconds
from fhir_server.model.resource import JsonObject
from fhir_server.store.index import storable

STAMPS = ("versionId", "lastUpdated")


@dataclass(frozen=True, slots=True)
class Content:
    """A version ready to be stored.

    `resource` is the tree of `body`; `hash` is of the content without stamps, so that an update
    that changes nothing is known by it; `labels` are the codings of meta.security as
    `system|code` lines, None without any.
    """

    resource: JsonObject
    body: bytes
    hash: int
    labels: str | None


def make_content(
    resource: JsonObject, type: str, id: str, number: int, updated: int, hash: int | None = None
) -> Content:
    """Return the content of a version; `updated` is in microseconds since 1970 UTC.

    `hash` is that of `content_hash`, where it is known.
    """
    given = resource.get("meta")
    meta = given if isinstance(given, dict) else {}
    kept = {name: value for name, value in meta.items() if name not in STAMPS}
    stamps: JsonObject = {"versionId": str(number), "lastUpdated": instant(updated)}
    final = _place(resource, type, id, stamps | kept)
    body = encode(final)
    if hash is not None:
        pass
    elif final.keys() == resource.keys():
        hash = content_hash(resource, type, id)
    else:  # id and meta stand where the hash has them: the stamps are all it lacks
        stamped = encode(stamps)[1:-1] + (b"," if kept else b"")
        hash = _hash(body.replace(stamped, b"", 1))
    return Content(final, body, hash, _labels(meta))


def content_hash(resource: JsonObject, type: str, id: str) -> int:
    """Return the signed 64-bit hash of a resource's content, whatever its stamps."""
    return _hash(encode(_unstamped(resource, type, id)))


def is_reordered(content: Content, former: JsonObject, type: str, id: str) -> bool:
    """Whether a content is that of a former version with the members of objects in another order.

    Equal trees may still differ in the digits of a number.
    """
    old, new = (_unstamped(one, type, id) for one in (former, content.resource))
    return old == new and encode_alike(old) == encode_alike(new)


def _unstamped(resource: JsonObject, type: str, id: str) -> JsonObject:
    """Return a resource without its stamps."""
    given = resource.get("meta")
    meta = given if isinstance(given, dict) else {}
    kept = {name: value for name, value in meta.items() if name not in STAMPS}
    # where id and meta stand among the members says nothing: a client may put them elsewhere
    head: JsonObject = {"resourceType": type, "id": id, "meta": kept}
    return head | {name: value for name, value in resource.items() if name not in head}


@lru_cache(maxsize=64)
def instant(moment: int) -> str:
    """Return microseconds since 1970 as a FHIR instant in UTC with all six digits."""
    time = EPOCH + timedelta(microseconds=moment)
    return time.isoformat(timespec="microseconds").partition("+")[0] + "Z"


def aware(moment: int) -> datetime:
    """Return microseconds since 1970 as an aware datetime in UTC."""
    return (EPOCH + timedelta(microseconds=moment)).astimezone(UTC)


def from_aware(moment: datetime) -> int:
    """Return an aware datetime in microseconds since 1970."""
    return microseconds(moment)


def _hash(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big", signed=True)


def _place(resource: JsonObject, type: str, id: str, meta: JsonObject) -> JsonObject:
    """Set id and meta: where they stand, or after resourceType when one of them is new."""
    if "id" in resource and "meta" in resource:
        return resource | {"id": id, "meta": meta}
    head: JsonObject = {"resourceType": type, "id": id, "meta": meta}
    return head | {name: value for name, value in resource.items() if name not in head}


def _labels(meta: JsonObject) -> str | None:
    security = meta.get("security")
    if not isinstance(security, list) or not security:
        return None
    codings = [one for one in security if isinstance(one, dict)]
    lines = (f"{one.get('system', '')}|{one.get('code', '')}" for one in codings)
    return storable("\n".join(lines))
