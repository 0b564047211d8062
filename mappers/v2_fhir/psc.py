"""Orders that wait for the patient at a service centre of the laboratory.

Such an order (PSC hold) is active without a specimen until the patient comes. A feed says by its
`psc_hold` rows how its orders tell it; here they carry a place of service, by which those never
collected are found: `ServiceRequest?status=active&...` without a specimen.
"""

from mappers.path import JsonObject
from mappers.v2_fhir.dialect import Condition
from mappers.v2_fhir.feed import CANONICAL
from mappers.v2_fhir.order import Order
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import Work

SERVICE_CENTRE: JsonObject = {
    "coding": [{"system": f"{CANONICAL}/CodeSystem/collection-place", "code": "service-centre"}],
    "text": "to be collected at a service centre",
}


def is_held(work: Work, order: Order) -> bool:
    """Say whether every `psc_hold` condition of the feed holds of the order; none: it does not."""
    conditions = work.feed.dialect.psc_hold
    return bool(conditions) and all(_holds(work, order, one) for one in conditions)


def _holds(work: Work, order: Order, condition: Condition) -> bool:
    name = condition.field[:3]
    segments = [one for one in _segments(work, order) if one.id == name]
    values = [text for one in segments for text in work.source(one).texts(condition.field)]
    wanted = condition.values
    found = not set(wanted).isdisjoint(values) if wanted else any(values)
    return found is not condition.negate


def _segments(work: Work, order: Order) -> list[SegmentText]:
    """Return the segments of an order, then those of the message that belong to no order."""
    own = [order.orc, order.obr, *(one.segment for one in (*order.details, *order.results))]
    mine = [one for one in (*own, *(one.segment for one in order.specimens)) if one is not None]
    kinds = {one.id for one in mine}
    return [*mine, *(one for one in work.segments if one.id not in kinds)]
