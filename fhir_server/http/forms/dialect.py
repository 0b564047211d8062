"""How a sender of HL7 v2 deviates, as the configuration API and feed files tell it."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from mappers.v2_fhir.dialect import Dialect, Lists, Matching
from mappers.v2_fhir.work import VOCABULARY

ADDRESS = validate.Regexp(
    r"[A-Z][A-Z0-9]{2}-[1-9]\d{0,2}(\.[1-9]\d?){0,2}\Z",
    error="must be a field, as OBX-5 or PV1-3.1",
)
SOURCE = validate.Regexp(
    r"([A-Z][A-Z0-9]{2}-[1-9]\d{0,2}(\.[1-9]\d?){0,2})?\Z",
    error="must be a field, as OBX-5 or PV1-3.1",
)
CUSTOM = validate.Regexp(
    r"Z[A-Z0-9]{2}-[1-9]\d{0,2}\Z", error="must be a field of a Z segment, as ZPS-3"
)
TABLE = validate.Regexp(
    r"(v2-\d{4}(-[a-z]+)?|[A-Z][A-Z0-9]{2}-[1-9]\d{0,2})\Z",
    error="must be a table, as v2-0085, or a field, as OBX-3",
)
TYPE = validate.Regexp(r"[A-Z][A-Za-z]{2,40}\Z", error="must be a resource type")
PATH = validate.Regexp(r"[A-Za-z0-9.\[\]]{0,200}\Z", error="must be an element path")
URI = validate.Length(max=400)
CODE = validate.Length(min=1, max=80)
LIST = validate.OneOf(("snapshot", "additive"))
ROWS = validate.Length(max=5000)
FEW = validate.Length(max=200)


def flag(*, default: bool = False) -> fields.Boolean:
    """Return a member that is true or false and nothing like it."""
    return fields.Boolean(load_default=default, truthy={True}, falsy={False})


class ConditionSchema(Schema):
    """A field holds one of the values; without values it holds something; negate: it does not."""

    field = fields.String(required=True, validate=ADDRESS)
    values = fields.List(fields.String(validate=validate.Length(max=200)), load_default=list)
    negate = flag()


def conditions() -> "fields.List[object]":
    """Return a member that holds conditions, all of which must be met."""
    return fields.List(fields.Nested(ConditionSchema), load_default=list, validate=FEW)


class MoveSchema(Schema):
    """A field taken from elsewhere before mapping, or set to a constant."""

    target = fields.String(required=True, validate=ADDRESS)
    source = fields.String(load_default="", validate=SOURCE)
    value = fields.String(load_default="", validate=validate.Length(max=200))
    when = conditions()
    keeps_source = flag()
    replaces = flag()

    @validates_schema
    def has_one_source(self, values: dict[str, object], **_: object) -> None:
        """Refuse a row that says not, or twice, what is to be put there."""
        if bool(values.get("source")) == bool(values.get("value")):
            raise ValidationError("name a source or a value, one of the two", "source")


class CustomRuleSchema(Schema):
    """A field of a Z segment written into a resource."""

    source = fields.String(required=True, validate=CUSTOM)
    resource = fields.String(required=True, validate=TYPE)
    target = fields.String(load_default="", validate=PATH)
    extension = fields.String(load_default="", validate=URI)
    using = fields.String(
        load_default="text", validate=validate.OneOf(tuple(sorted(VOCABULARY.transformations)))
    )
    table = fields.String(load_default="", validate=validate.Length(max=40))

    @validates_schema
    def has_one_target(self, values: dict[str, object], **_: object) -> None:
        """Refuse a row that says not, or twice, where its value goes."""
        if bool(values.get("target")) == bool(values.get("extension")):
            raise ValidationError("name a target or an extension, one of the two", "target")


class CodeTableSchema(Schema):
    """The sender's codes of a table or field, in another system."""

    table = fields.String(required=True, validate=TABLE)
    system = fields.String(load_default="", validate=URI)
    rows = fields.Dict(
        fields.String(validate=CODE), fields.String(validate=CODE), load_default=dict, validate=ROWS
    )


class LabelRuleSchema(Schema):
    """A security label, and when resources carry it."""

    system = fields.String(required=True, validate=[URI, validate.Length(min=1)])
    code = fields.String(required=True, validate=CODE)
    when = conditions()


class ListsSchema(Schema):
    """How repeated segments are taken: as all there is, or as more of it."""

    allergies = fields.String(load_default=Lists().allergies, validate=LIST)
    diagnoses = fields.String(load_default=Lists().diagnoses, validate=LIST)
    procedures = fields.String(load_default=Lists().procedures, validate=LIST)
    contacts = fields.String(load_default=Lists().contacts, validate=LIST)
    insurance = fields.String(load_default=Lists().insurance, validate=LIST)


class MatchingSchema(Schema):
    """How people and orders are found."""

    people = fields.String(
        load_default=Matching().people,
        validate=validate.OneOf(("identifier", "candidates", "wait")),
    )
    conflict = fields.String(
        load_default=Matching().conflict, validate=validate.OneOf(("file", "hold"))
    )
    orders = fields.String(
        load_default=Matching().orders, validate=validate.OneOf(("file", "wait"))
    )
    days = fields.Integer(
        load_default=Matching().days, strict=True, validate=validate.Range(0, 3650)
    )


class BillTypeSchema(Schema):
    """Where a message tells who pays, and what its codes mean."""

    source = fields.String(required=True, validate=ADDRESS)
    codes = fields.Dict(
        fields.String(validate=CODE),
        fields.String(validate=validate.OneOf(("patient", "third-party", "client"))),
        load_default=dict,
        validate=FEW,
    )


class DialectSchema(Schema):
    """Every deviation of one sender."""

    systems = fields.Dict(
        fields.String(validate=CODE), fields.String(validate=URI), load_default=dict, validate=ROWS
    )
    codes = fields.List(fields.Nested(CodeTableSchema), load_default=list, validate=FEW)
    moves = fields.List(fields.Nested(MoveSchema), load_default=list, validate=FEW)
    custom = fields.List(fields.Nested(CustomRuleSchema), load_default=list, validate=FEW)
    lists = fields.Nested(ListsSchema, load_default=Lists)
    matching = fields.Nested(MatchingSchema, load_default=Matching)
    psc_hold = conditions()
    bill_type = fields.Nested(BillTypeSchema, load_default=None, allow_none=True)
    aoe = fields.List(fields.String(validate=CODE), load_default=list, validate=ROWS)
    registration = fields.String(
        load_default=Dialect().registration,
        validate=validate.OneOf(("arrived", "planned", "in-progress")),
    )
    slots = flag()
    part2 = flag()
    provenance = flag()
    labels = fields.List(fields.Nested(LabelRuleSchema), load_default=list, validate=FEW)

    @validates_schema
    def has_each_table_once(self, values: dict[str, object], **_: object) -> None:
        """Refuse two tables of one name."""
        codes = values.get("codes")
        names = [one["table"] for one in codes] if isinstance(codes, list) else []
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValidationError(f"{', '.join(twice)} is there twice: join the rows", "codes")
