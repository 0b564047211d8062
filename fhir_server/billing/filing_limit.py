"""How long a claim may be filed: so many days after the last day of service, as agreed."""

from datetime import date, timedelta

from fhir_server.billing.emission import payer_id
from fhir_server.billing.gathering import gather
from fhir_server.model.resource import JsonObject
from fhir_server.store import partners
from fhir_server.store.reader import Reader
from mappers.path import read

DAYS = (
    "billablePeriod.end",
    "billablePeriod.start",
    "item.servicedPeriod.end",
    "item.servicedDate",
)


def last_day(claim: JsonObject) -> date | None:
    """Return the last day of service, where the claim tells a whole date."""
    told = (str(one)[:10] for path in DAYS for one in read(claim, path))
    days = [date.fromisoformat(one) for one in told if len(one) == 10]
    return max(days, default=None)


def limit_of(claim: JsonObject, reader: Reader) -> date | None:
    """Return the last day a claim may be filed with its payer, where that is agreed."""
    payer = payer_id(claim, gather(claim, reader))
    partner = partners.of_payer(reader, payer)
    days = partner.filing_limit(payer) if partner else None
    day = last_day(claim)
    return None if day is None or days is None else day + timedelta(days=days)
