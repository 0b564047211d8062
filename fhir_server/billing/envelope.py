"""The envelope of what we send to a partner: ISA and GS from its data."""

from datetime import datetime

from fhir_server.model.partner import Partner
from mappers.x12.lexer import Delimiters
from mappers.x12.writer import Envelope


def envelope_of(partner: Partner, control: int, now: datetime) -> Envelope:
    """Return the envelope under a control number, which is ISA13 and GS06 both."""
    marks = partner.delimiters
    return Envelope(
        sender_qualifier=partner.own.qualifier,
        sender=partner.own.id,
        receiver_qualifier=partner.other.qualifier,
        receiver=partner.other.id,
        interchange_control=control,
        group_control=control,
        written=now,
        usage=partner.usage,
        acknowledgment_requested=partner.expected.ta1 > 0,
        group_sender=partner.own.application,
        group_receiver=partner.other.application,
        delimiters=Delimiters(marks.element, marks.component, marks.repetition, marks.segment),
    )
