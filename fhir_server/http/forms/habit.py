"""What a payer wants of modifiers, as the configuration API takes it."""

from collections.abc import Mapping

from marshmallow import Schema, fields, post_load, validate

from mappers.fhir_x12.modifier import Habit
from profiles.typed import TypedReader

_HABITS = TypedReader(Habit)


class HabitSchema(Schema):
    """What a payer wants of modifiers: that for video, and whether it is added; HQ for groups."""

    video = fields.String(load_default="", validate=validate.OneOf(("", "95", "GT")))
    adds_video = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    adds_group = fields.Boolean(load_default=False, truthy={True}, falsy={False})

    @post_load
    def build(self, values: Mapping[str, object], **_: object) -> Habit:
        """Return the habit."""
        return _HABITS.convert(dict(values))
