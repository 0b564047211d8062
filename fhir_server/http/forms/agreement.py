"""What is agreed with a partner about files, batches, numbers and acknowledgments."""

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from fhir_server.model.partner import Batch, Controls, Expected, FileNames
from profiles.typed import TypedReader

NAME = validate.Regexp(
    r"(?=.*\{control\})([A-Za-z0-9._-]|\{(partner|control|kind|date)\})+\Z",
    error="must be letters, digits, dots, hyphens, {{partner}}, {{kind}}, {{date}} and {{control}}",
)
CONTROL = validate.Range(1, 999_999_999)
HOURS = validate.Range(0, 2400)
_FILES = TypedReader(FileNames)


class FilesSchema(Schema):
    """The names of files sent, and glob patterns of those taken in."""

    outbound = fields.String(load_default=FileNames().outbound, validate=NAME)
    inbound = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)), load_default=lambda: ["*"]
    )

    @post_load
    def build(self, values: dict[str, object], **_: object) -> FileNames:
        """Return the names."""
        return _FILES.convert(values)


class BatchSchema(Schema):
    """How claims are gathered."""

    minutes = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 10_080))
    claims_per_set = fields.Integer(
        load_default=1000, strict=True, validate=validate.Range(1, 5000)
    )
    sets_per_group = fields.Integer(load_default=10, strict=True, validate=validate.Range(1, 100))

    @post_load
    def build(self, values: dict[str, int], **_: object) -> Batch:
        """Return the batch."""
        return Batch(**values)


class ControlsSchema(Schema):
    """The control numbers (ISA13, GS06) that are ours with the partner."""

    first = fields.Integer(load_default=1, strict=True, validate=CONTROL)
    last = fields.Integer(load_default=999_999_999, strict=True, validate=CONTROL)

    @validates_schema
    def is_a_range(self, values: dict[str, int], **_: object) -> None:
        """Refuse a range that ends before it begins."""
        if values.get("last", 0) < values.get("first", 0):
            raise ValidationError("must not be below first", "last")

    @post_load
    def build(self, values: dict[str, int], **_: object) -> Controls:
        """Return the range."""
        return Controls(**values)


class ExpectedSchema(Schema):
    """Within how many hours each acknowledgment is expected; 0: it is not."""

    ta1 = fields.Integer(load_default=0, strict=True, validate=HOURS)
    acknowledgment = fields.Integer(load_default=24, strict=True, validate=HOURS)
    claim_status = fields.Integer(load_default=0, strict=True, validate=HOURS)

    @post_load
    def build(self, values: dict[str, int], **_: object) -> Expected:
        """Return the expectations."""
        return Expected(**values)
