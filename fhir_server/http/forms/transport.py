"""How a partner is reached, as the configuration API takes it: one schema a kind.

Nothing secret is taken: a credential is named, `env:NAME` or `file:NAME`.
"""

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from fhir_server.model.transport import Directory, Https, Sftp, Transport
from fhir_server.transport.https import LOOPBACK

FOLDER = validate.Regexp(
    r"(?!/)(?!.*(?:^|/)\.\.(?:/|$))[A-Za-z0-9._/-]{1,200}\Z",
    error="must be a relative path below the data folder",
)
REMOTE = validate.Regexp(
    r"[A-Za-z0-9._/ -]{1,200}\Z", error="must be the path of a folder at the partner's server"
)
REFERENCE = validate.Regexp(
    r"((env|file):[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*)?\Z",
    error="must name a credential, as env:NAME or file:NAME; the secret itself is not taken here",
)
HOST = validate.Regexp(r"[A-Za-z0-9.:-]{1,253}\Z", error="must be a host name or address")
HOST_KEY = validate.Regexp(
    r"(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]{40,}={0,2}( .*)?\s*\Z",
    error="must be the server's public key, as a line of known_hosts without the host",
)
SECONDS = validate.Range(1, 600)


def check_address(value: str) -> None:
    """Refuse what is no https address; within this machine http will do."""
    parts = urlsplit(value)
    is_own = parts.scheme == "http" and parts.hostname in LOOPBACK
    if value and not (parts.hostname and (parts.scheme == "https" or is_own)):
        raise ValidationError("must be an https address")
    if parts.username or parts.password:
        raise ValidationError("must not hold a user or password: name them as credentials")


class DirectorySchema(Schema):
    """Folders below the data folder that interchanges are left in and taken from."""

    inbox = fields.String(required=True, validate=FOLDER)
    outbox = fields.String(required=True, validate=FOLDER)

    @post_load
    def build(self, values: dict[str, str], **_: object) -> Directory:
        """Return the directory."""
        return Directory(**values)


class SftpSchema(Schema):
    """Folders of an SSH server, known by its key; we by a private key or password."""

    host = fields.String(required=True, validate=HOST)
    port = fields.Integer(load_default=22, strict=True, validate=validate.Range(1, 65535))
    username = fields.String(required=True, validate=validate.Length(min=1, max=100))
    host_key = fields.String(required=True, validate=HOST_KEY)
    key = fields.String(load_default="", validate=REFERENCE)
    password = fields.String(load_default="", validate=REFERENCE)
    inbox = fields.String(required=True, validate=REMOTE)
    outbox = fields.String(required=True, validate=REMOTE)
    timeout = fields.Integer(load_default=20, strict=True, validate=SECONDS)
    poll_seconds = fields.Integer(load_default=60, strict=True, validate=validate.Range(1, 86400))

    @validates_schema
    def has_credential(self, values: dict[str, object], **_: object) -> None:
        """Refuse a server that would not know us."""
        if not values.get("key") and not values.get("password"):
            raise ValidationError("name a private key or a password", "key")

    @post_load
    def build(self, values: dict[str, object], **_: object) -> Sftp:
        """Return the server."""
        return Sftp(**values)  # type: ignore[arg-type]  # the fields of the schema are its own


class HttpsSchema(Schema):
    """Addresses of an HTTPS server: delivering, collecting, asking in real time."""

    deliver = fields.String(load_default="", validate=[validate.Length(max=500), check_address])
    collect = fields.String(load_default="", validate=[validate.Length(max=500), check_address])
    ask = fields.String(load_default="", validate=[validate.Length(max=500), check_address])
    token = fields.String(load_default="", validate=REFERENCE)
    certificate = fields.String(load_default="", validate=REFERENCE)
    key = fields.String(load_default="", validate=REFERENCE)
    authority = fields.String(load_default="", validate=REFERENCE)
    timeout = fields.Integer(load_default=20, strict=True, validate=SECONDS)
    poll_seconds = fields.Integer(load_default=60, strict=True, validate=validate.Range(1, 86400))

    @validates_schema
    def has_address(self, values: dict[str, object], **_: object) -> None:
        """Refuse a server with nothing to do."""
        if not any(values.get(one) for one in ("deliver", "collect", "ask")):
            raise ValidationError("give at least one of deliver, collect, ask", "deliver")

    @post_load
    def build(self, values: dict[str, object], **_: object) -> Https:
        """Return the server."""
        return Https(**values)  # type: ignore[arg-type]  # the fields of the schema are its own


KINDS: Mapping[str, type[Schema]] = {
    "directory": DirectorySchema,
    "sftp": SftpSchema,
    "https": HttpsSchema,
}


class TransportField(fields.Field[Transport]):
    """One of the kinds; without `kind` it is a directory."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Transport:
        if not isinstance(value, dict):
            raise ValidationError("must be an object")
        members = {name: one for name, one in value.items() if name != "kind"}
        kind = value.get("kind", "directory")
        schema = KINDS.get(kind) if isinstance(kind, str) else None
        if schema is None:
            raise ValidationError({"kind": [f"must be one of {', '.join(KINDS)}"]})
        return cast("Transport", schema().load(members))
