"""On what terms X12 of a partner is judged: its overlays, and the lists the site has loaded."""

from fhir_server.outcome import NotFound
from fhir_server.store import partners
from fhir_server.store.code_lists import all_lists
from fhir_server.store.overlays import partner_overlay
from fhir_server.store.reader import Reader
from mappers.x12.rules.terms import Terms


def terms_of(reader: Reader, partner: str = "") -> Terms:
    """Return the terms for a partner; without one, or for one not known, the site's lists alone.

    Raises Invalid, naming the member, where an overlay of the partner cannot be read.
    """
    lists = all_lists(reader)
    if not partner:
        return Terms(lists=lists)
    try:
        known = partners.get(reader, partner)
    except NotFound:
        return Terms(lists=lists)
    return Terms(overlay=partner_overlay(known.overlays, partner), lists=lists)
