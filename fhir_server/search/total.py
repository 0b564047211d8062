"""How many resources match: exactly, or at least so many and marked as such."""

from fhir_server.model.rest import Context
from fhir_server.outcome import Issue
from fhir_server.search.plan import plan_count
from fhir_server.search.query import Query, Total
from fhir_server.search.reads import Reads


def count_matches(query: Query, context: Context, reads: Reads) -> Total:
    """Return the number of matches; an estimate stops at a limit and says so."""
    if query.total != "estimate":
        return Total(reads.tally(plan_count(query, context)))
    most = query.estimate_limit
    number = reads.tally(plan_count(query, context, most + 1))
    return Total(min(number, most), exact=number <= most)


def told_estimate(total: Total | None) -> tuple[Issue, ...]:
    """Return the note that a total is an estimate."""
    if total is None or total.exact:
        return ()
    text = f"the total is an estimate: there are more than {total.number} matches"
    return (Issue("information", "informational", text, detail="estimated-total"),)
