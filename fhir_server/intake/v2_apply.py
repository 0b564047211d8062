"""Messages applied: what they became is stored, many of them in one commit.

Messages of different patients are applied together: what they need is claimed, found and held in
a statement each for all of them, and their resources are written by one. When one of them fails,
none is written, and each is applied by itself.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fhir_server.intake.v2_answer import Refusal, answer, refusal_of
from fhir_server.intake.v2_bundle import Plan, transaction_of
from fhir_server.intake.v2_letter import Kept
from fhir_server.intake.v2_prime import prime
from fhir_server.intake.v2_report import place_names, report_of, state_of
from fhir_server.intake.v2_write import write_plan
from fhir_server.model.message import State
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError, raised_at
from fhir_server.runtime import Runtime
from fhir_server.store import exchange_keys, exchanges, unmapped_codes
from fhir_server.store.exchange_batch import Outcome, link_all, settle_all
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.message import UnsupportedMessage, map_message

log = logging.getLogger("parity.intake")

With = Callable[[UnitOfWork, Sequence[int]], None]
"""What else is done, in the same commit, with the exchanges that were applied."""
MOST = 32
"""Messages of one commit: more would make the first wait for the last."""


class AlreadyApplied(Exception):
    """Another sender of the very same message came first; what was done here is undone."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A message mapped and ready to be stored."""

    kept: Kept
    mapped: Mapped


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message is not applied; `state` is what it comes to."""

    refusal: Refusal
    state: State


Result = Outcome | Failure | FhirError
"""A FhirError passes: nothing is known to be wrong with the message."""


def nothing_else(work: UnitOfWork, exchanges: Sequence[int]) -> None:
    """Do nothing else in the commit."""


def apply_all(
    letters: Sequence[Kept], runtime: Runtime, context: Context, also: With = nothing_else
) -> dict[int, Result]:
    """Apply messages, those of one patient after each other; return what became of each.

    What failed is told and not written: its exchange is as it was.
    """
    results: dict[int, Result] = {}
    ready: list[Ready] = []
    for one in letters:
        mapped = _mapped(one)
        if isinstance(mapped, Failure):
            results[one.exchange.id] = mapped
        else:
            ready.append(Ready(one, mapped))
    while ready:
        now, ready = _apart(ready)
        results |= _apply(now, runtime, context, also)
    return results


def _mapped(one: Kept) -> Mapped | Failure:
    try:
        return map_message(one.message, one.known.feed)
    except MapError as error:
        state: State = "rejected" if isinstance(error, UnsupportedMessage) else "map_error"
        return Failure(refusal_of(error, one.message), state)
    except Exception as error:  # noqa: BLE001 - the sender must be told, whatever failed
        return _unexpected(one, error)


def _apart(ready: Sequence[Ready]) -> tuple[list[Ready], list[Ready]]:
    """Return messages no two of which share a lane, and the others, in their order."""
    now: list[Ready] = []
    later: list[Ready] = []
    used: set[int] = set()
    for one in ready:
        lanes = set(one.kept.lanes)
        chosen = now if len(now) < MOST and used.isdisjoint(lanes) else later
        chosen.append(one)
        used |= lanes
    return now, later


def _apply(
    ready: Sequence[Ready], runtime: Runtime, context: Context, also: With
) -> dict[int, Result]:
    if len(ready) > 1:
        try:
            return runtime.store.transact(
                context, lambda work: _together(ready, work, runtime, also)
            )
        except Exception as error:  # noqa: BLE001 - each is tried by itself, and tells why
            log.info("v2 %d messages are applied one by one: %s", len(ready), type(error).__name__)
    return {one.kept.exchange.id: _alone(one, runtime, context, also) for one in ready}


def _together(
    ready: Sequence[Ready], work: UnitOfWork, runtime: Runtime, also: With
) -> dict[int, Result]:
    """Store what messages became, and their acknowledgments, in one unit of work."""
    prime([one.mapped for one in ready], work, runtime)
    outcomes = [_stored(one, work, runtime) for one in ready]
    if not settle_all(work, outcomes, again=any(one.kept.again for one in ready)):
        raise AlreadyApplied
    link_all(work, outcomes)
    codes = [
        (one.kept.exchange.id, place)
        for one in ready
        for place in place_names(one.mapped, one.kept)
    ]
    unmapped_codes.add(work, codes)
    exchange_keys.add(work, [(id, ("code", unmapped_codes.name_of(place))) for id, place in codes])
    also(work, [one.exchange for one in outcomes])
    return {one.exchange: one for one in outcomes}


def _stored(one: Ready, work: UnitOfWork, runtime: Runtime) -> Outcome:
    plan: Plan = transaction_of(one.mapped, work, runtime)
    links = write_plan(plan.bundle, work, runtime)
    reply = None if one.kept.is_told else _accepted(one.kept, runtime)
    state = state_of(one.mapped, plan, one.kept)
    report = report_of(one.mapped, plan, one.kept)
    return Outcome(one.kept.exchange.id, state, reply, report, links)


def _accepted(kept: Kept, runtime: Runtime) -> bytes:
    return answer(
        kept.message,
        "accept",
        control_id=kept.control_id,
        now=runtime.clock(),
        agreed=kept.known.record.acknowledgment.mode,
    )


def _alone(one: Ready, runtime: Runtime, context: Context, also: With) -> Result:
    try:
        done = runtime.store.transact(context, lambda work: _together([one], work, runtime, also))
        return done[one.kept.exchange.id]
    except AlreadyApplied:
        return _as_applied(one.kept, runtime, context)
    except MapError as error:
        return Failure(refusal_of(error, one.kept.message), "map_error")
    except FhirError as error:
        return error if error.may_pass else Failure(Refusal("error", _reason(error)), "map_error")
    except Exception as error:  # noqa: BLE001 - the sender must be told, whatever failed
        return _unexpected(one.kept, error)


def _as_applied(one: Kept, runtime: Runtime, context: Context) -> Result:
    """Return what the first sender of the same message was given."""
    with runtime.store.read(context) as reader:
        exchange = exchanges.get(reader, one.exchange.id)
    return Outcome(exchange.id, exchange.state, exchange.reply, exchange.report or {})


def _unexpected(one: Kept, error: Exception) -> Failure:
    """Return the failure of a message by an error nobody foresaw.

    The text of the error may hold values of the message, so only its type is told.
    """
    reason = f"the message could not be applied: {type(error).__name__}"
    log.error("v2 exchange=%d %s at %s", one.exchange.id, reason, raised_at(error))
    return Failure(Refusal("error", reason), "map_error")


def _reason(error: FhirError) -> str:
    return "; ".join(
        f"{issue.expression}: {issue.diagnostics}" if issue.expression else issue.diagnostics
        for issue in error.issues
    )
