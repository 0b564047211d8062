"""A feed of HL7 v2 messages as the configuration API and feed files tell it."""

import re
from ipaddress import ip_network
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from fhir_server.http.forms.dialect import DialectSchema, flag
from fhir_server.http.forms.reading import read_form
from fhir_server.http.forms.transport import HOST, REFERENCE
from fhir_server.model.feed import Acknowledgment, Failure, FeedRecord, Listen
from mappers.v2_fhir.dialect import Dialect
from profiles.typed import TypedReader

FEED_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,49}")
"""Also the id of its ConceptMap, so it holds what an id of FHIR may."""
NAME = validate.Length(max=227)
PIN = validate.Regexp(
    r"(sha256:[0-9a-f]{64}|CN=[^,]{1,200}|DNS:[A-Za-z0-9.*-]{1,253})\Z",
    error="must be sha256:<64 hex digits>, CN=<name> or DNS:<name>",
)
DEFAULT = Listen(0)
_FEED = TypedReader(FeedRecord)


def check_network(text: str) -> None:
    """Refuse what is no network in CIDR notation."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise ValidationError("must be a network, as 10.1.0.0/16") from None


def check_zone(name: str) -> None:
    """Refuse what is no time zone known here."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError("must be a time zone, as America/Chicago") from None


class PartyOfFeedSchema(Schema):
    """An application and facility as in MSH-3/4; empty: any."""

    application = fields.String(load_default="", validate=NAME)
    facility = fields.String(load_default="", validate=NAME)


class ListenSchema(Schema):
    """The feed's own MLLP port and who may connect."""

    port = fields.Integer(required=True, strict=True, validate=validate.Range(1, 65535))
    host = fields.String(load_default=DEFAULT.host, validate=HOST)
    plain = flag()
    certificate = fields.String(load_default="", validate=REFERENCE)
    key = fields.String(load_default="", validate=REFERENCE)
    authority = fields.String(load_default="", validate=REFERENCE)
    pins = fields.List(fields.String(validate=PIN), load_default=list)
    allow = fields.List(fields.String(validate=check_network), load_default=list)
    release2 = flag()
    message_bytes = fields.Integer(
        load_default=DEFAULT.message_bytes, strict=True, validate=validate.Range(1000, 200_000_000)
    )
    header_seconds = fields.Integer(
        load_default=DEFAULT.header_seconds, strict=True, validate=validate.Range(1, 600)
    )
    frame_seconds = fields.Integer(
        load_default=DEFAULT.frame_seconds, strict=True, validate=validate.Range(1, 3600)
    )
    idle_seconds = fields.Integer(
        load_default=DEFAULT.idle_seconds, strict=True, validate=validate.Range(1, 86_400)
    )
    connections = fields.Integer(
        load_default=DEFAULT.connections, strict=True, validate=validate.Range(1, 1000)
    )
    high_water = fields.Integer(
        load_default=DEFAULT.high_water, strict=True, validate=validate.Range(1, 1_000_000)
    )

    @validates_schema
    def has_whole_tls(self, values: dict[str, object], **_: object) -> None:
        """Refuse a certificate without its key, and pins where no certificate is asked for."""
        if bool(values.get("certificate")) != bool(values.get("key")):
            raise ValidationError("a certificate and its key go together", "key")
        if values.get("authority") and not values.get("certificate"):
            raise ValidationError("needs a certificate and key of our own", "authority")
        if values.get("pins") and not values.get("authority"):
            raise ValidationError("need the authority that signs these certificates", "pins")


class AcknowledgmentSchema(Schema):
    """When a message is acknowledged, and in which mode."""

    after = fields.String(
        load_default=Acknowledgment().after, validate=validate.OneOf(("applied", "persisted"))
    )
    mode = fields.String(
        load_default=Acknowledgment().mode,
        validate=validate.OneOf(("message", "original", "enhanced")),
    )


class FailureSchema(Schema):
    """What a message that fails does to the later ones of its patient."""

    attempts = fields.Integer(
        load_default=Failure().attempts, strict=True, validate=validate.Range(1, 100)
    )
    followers = fields.String(
        load_default=Failure().followers, validate=validate.OneOf(("continue", "hold"))
    )


class FeedSchema(Schema):
    """A feed of HL7 v2 messages; its id is in the URL."""

    id = fields.String(validate=validate.Regexp(FEED_ID))
    name = fields.String(load_default="", validate=validate.Length(max=200))
    senders = fields.List(fields.Nested(PartyOfFeedSchema), load_default=list)
    receivers = fields.List(fields.Nested(PartyOfFeedSchema), load_default=list)
    processing = fields.List(
        fields.String(validate=validate.OneOf(("P", "T", "D"))), load_default=lambda: ["P"]
    )
    versions = fields.List(fields.String(validate=validate.Length(max=20)), load_default=list)
    charset = fields.String(load_default="", validate=validate.Length(max=40))
    overrides_charset = flag()
    joins_lines = flag(default=True)
    time_zone = fields.String(load_default="UTC", validate=check_zone)
    listen = fields.Nested(ListenSchema, load_default=None, allow_none=True)
    acknowledgment = fields.Nested(AcknowledgmentSchema, load_default=Acknowledgment)
    failure = fields.Nested(FailureSchema, load_default=Failure)
    dialect = fields.Nested(DialectSchema, load_default=Dialect)
    retention_days = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 36_500))


def read_feed(body: bytes, id: str) -> FeedRecord:
    """Return the feed in a JSON body; its id is that of the URL.

    Raises Malformed, or Invalid with an issue for every wrong member.
    """
    return _FEED.convert(read_form(body, id, FeedSchema(), "feed"), from_attributes=True)
