"""A trading partner as the configuration API takes it."""

import re

from marshmallow import Schema, ValidationError, fields, post_load, validate

from fhir_server.http.forms.agreement import (
    BatchSchema,
    ControlsSchema,
    ExpectedSchema,
    FilesSchema,
)
from fhir_server.http.forms.habit import HabitSchema
from fhir_server.http.forms.reading import read_form
from fhir_server.http.forms.transport import TransportField
from fhir_server.model.partner import (
    Batch,
    Controls,
    Delimiters,
    Expected,
    FileNames,
    Partner,
    Party,
)
from profiles.typed import TypedReader

PARTNER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
CHARACTER = validate.Regexp(
    r"[!-/:-@\[-`{-~\n\r\x1c-\x1f]\Z",
    error="must be one ASCII character that is no letter, digit or blank",
)
PLAIN = validate.Regexp(
    r"([!-~]([ -~]*[!-~])?)?\Z", error="must be plain ASCII without blanks around it"
)
_PARTNER = TypedReader(Partner)


class PartySchema(Schema):
    """One side of an interchange."""

    id = fields.String(required=True, validate=[validate.Length(min=1, max=15), PLAIN])
    qualifier = fields.String(load_default="ZZ", validate=validate.Regexp(r"[0-9A-Z]{2}\Z"))
    group_id = fields.String(load_default="", validate=[validate.Length(max=15), PLAIN])
    name = fields.String(load_default="", validate=validate.Length(max=60))

    @post_load
    def build(self, values: dict[str, str], **_: object) -> Party:
        """Return the party."""
        return Party(**values)


class DelimitersSchema(Schema):
    """The separators of an interchange, all different."""

    element = fields.String(load_default="*", validate=CHARACTER)
    repetition = fields.String(load_default="^", validate=CHARACTER)
    component = fields.String(load_default=":", validate=CHARACTER)
    segment = fields.String(load_default="~", validate=CHARACTER)

    @post_load
    def build(self, values: dict[str, str], **_: object) -> Delimiters:
        """Return the delimiters. Raises ValidationError when two are the same."""
        if len(set(values.values())) < len(values):
            raise ValidationError("delimiters must differ")
        return Delimiters(**values)


class PartnerSchema(Schema):
    """A trading partner; its id is in the URL."""

    id = fields.String(validate=validate.Regexp(PARTNER_ID))
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    own = fields.Nested(PartySchema, required=True)
    other = fields.Nested(PartySchema, required=True)
    transport = TransportField(required=True)
    payer_ids = fields.List(
        fields.String(validate=validate.Length(min=1, max=80)),
        load_default=list,
        validate=validate.Length(max=1000),
    )
    usage = fields.String(load_default="T", validate=validate.OneOf(("T", "P")))
    delimiters = fields.Nested(DelimitersSchema, load_default=Delimiters)
    guides = fields.Dict(
        fields.String(validate=validate.Length(max=20)),
        fields.String(validate=validate.Length(max=20)),
        load_default=dict,
    )
    kinds = fields.List(
        fields.String(validate=validate.Regexp(r"(837[PID]|27[05678]|275|276|835|999)\Z")),
        load_default=list,
    )
    files = fields.Nested(FilesSchema, load_default=FileNames)
    batch = fields.Nested(BatchSchema, load_default=Batch)
    controls = fields.Nested(ControlsSchema, load_default=Controls)
    expected = fields.Nested(ExpectedSchema, load_default=Expected)
    filing_days = fields.Dict(
        fields.String(validate=validate.Length(min=1, max=80)),
        fields.Integer(strict=True, validate=validate.Range(1, 3650)),
        load_default=dict,
    )
    habits = fields.Dict(
        fields.String(validate=validate.Length(min=1, max=80)),
        fields.Nested(HabitSchema),
        load_default=dict,
    )
    repeats_controls = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    matches_alike = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    overlays = fields.List(fields.Dict(), load_default=list, validate=validate.Length(max=50))
    service_types = fields.List(
        fields.String(validate=validate.Regexp(r"[0-9A-Z]{1,2}\Z")),
        load_default=list,
        validate=validate.Length(max=50),
    )


def read_partner(body: bytes, id: str) -> Partner:
    """Return the partner in a JSON body; its id is that of the URL.

    Raises Malformed, or Invalid with an issue for every wrong member.
    """
    return _PARTNER.convert(read_form(body, id, PartnerSchema(), "partner"), from_attributes=True)
