"""What the claim status guides 276 and 277 share: payer, receiver, provider, claims of a person."""

from collections.abc import Sequence

from mappers.x12.grammar import (
    UNBOUNDED,
    ElementUse,
    Loop,
    SegmentUse,
    can,
    loop,
    may,
    must,
    need,
    needed_loop,
)
from mappers.x12.uses.fact import reference
from mappers.x12.uses.party import party

PROCEDURE = (
    need(1, "AD", "ER", "HC", "HP", "IV", "N4", "NU", "WK"),
    need(2),
    may(3),
    may(4),
    may(5),
    may(6),
)
CLAIM_IDS = (
    reference("1K", "payer's claim number"),
    reference("BLT", "type of bill"),
    reference("EJ", "patient control number"),
    reference("XZ", "prescription number"),
    reference("D9", "clearinghouse trace"),
)
_RECEIVER = must(
    "NM1",
    "information receiver",
    need(1, "41"),
    need(2, "1", "2"),
    may(3),
    may(4),
    may(5),
    need(8, "46"),
    need(9),
)
_PROVIDER = must(
    "NM1",
    "provider",
    need(1, "1P"),
    need(2, "1", "2"),
    may(3),
    may(4),
    may(5),
    may(7),
    need(8, "FI", "SV", "XX"),
    need(9),
)
_SUBSCRIBER = must(
    "NM1",
    "subscriber",
    need(1, "IL"),
    need(2, "1", "2"),
    need(3),
    may(4),
    may(5),
    may(7),
    need(8, "24", "II", "MI"),
    need(9),
)
_DEPENDENT = must("NM1", "dependent", need(1, "QC"), need(2, "1"), need(3), may(4), may(5), may(7))
DATES = (need(1, "472"), need(2, "D8", "RD8"), need(3))


def payer(*contact: SegmentUse) -> Loop:
    """Return the loop of the payer's name."""
    return needed_loop("2100A", "payer", party("PR", "payer", ("PI", "XV")), *contact)


def _level(code: str, name: str, *parent: ElementUse, child: ElementUse) -> SegmentUse:
    return must("HL", name, need(1), *parent, need(3, code), child)


def statuses(
    payer_name: Loop,
    demographics: Sequence[SegmentUse],
    receiver_status: Sequence[Loop],
    provider_status: Sequence[Loop],
    claims: tuple[Loop, Loop],
) -> Loop:
    """Return the levels of 276 and 277: payer, receiver, provider, subscriber, dependent.

    `claims` are the claims of a subscriber (2200D) and of a dependent (2200E). A level in a 277
    may say by itself why it was not searched.
    """
    of_subscriber, of_dependent = claims
    maker = loop if provider_status else needed_loop
    children = need(4, "0", "1")
    return needed_loop(
        "2000A",
        "payer level",
        _level("20", "payer level", child=need(4, "1")),
        payer_name,
        needed_loop(
            "2000B",
            "receiver level",
            _level("21", "receiver level", need(2), child=children),
            needed_loop("2100B", "information receiver", _RECEIVER),
            *receiver_status,
            maker(
                "2000C",
                "provider level",
                _level("19", "provider level", need(2), child=children),
                needed_loop("2100C", "provider", _PROVIDER, repeat=2),
                *provider_status,
                maker(
                    "2000D",
                    "subscriber level",
                    _level("22", "subscriber level", need(2), child=children),
                    *demographics,
                    needed_loop("2100D", "subscriber", _SUBSCRIBER),
                    of_subscriber,
                    loop(
                        "2000E",
                        "dependent level",
                        _level("23", "dependent level", need(2), child=may(4, "0")),
                        *demographics,
                        needed_loop("2100E", "dependent", _DEPENDENT),
                        needed_loop(
                            of_dependent.id,
                            of_dependent.name,
                            *of_dependent.items,
                            repeat=UNBOUNDED,
                        ),
                        repeat=UNBOUNDED,
                    ),
                    repeat=UNBOUNDED,
                ),
                repeat=UNBOUNDED,
            ),
            repeat=UNBOUNDED,
        ),
        repeat=UNBOUNDED,
    )


def service_dates(name: str) -> SegmentUse:
    """Return the situational dates of service of a claim."""
    return can("DTP", name, *DATES)
