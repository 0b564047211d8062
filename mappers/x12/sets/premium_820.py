"""The payment of premiums, 820: 005010X218. It is read and judged; we pay none."""

from mappers.x12.grammar import (
    UNBOUNDED,
    Guide,
    Loop,
    SegmentUse,
    can,
    loop,
    may,
    must,
    need,
    need_parts,
    needed_loop,
)
from mappers.x12.uses.fact import END, begin, reference, some
from mappers.x12.uses.party import CITY, contact_elements

_EARLIER = ("52", "53", "80", "81", "86", "BJ", "H1", "H6", "RU", "WO", "WW")
_CURRENT = ("20", "52", "53", "AA", "AX", "H1", "H6", "IA", "J3")
_PERIOD = (may(2), may(5, "RD8"), may(6))


def _party(code: str, name: str) -> tuple[SegmentUse, ...]:
    """Return a party with its address."""
    return (
        must("N1", name, need(1, *code.split("|")), may(2), may(3), may(4)),
        can("N2", f"{name}'s further name", need(1)),
        can("N3", f"{name}'s street", need(1), may(2)),
        can("N4", f"{name}'s city", *CITY),
    )


def _contacts(name: str) -> SegmentUse:
    return can("PER", name, *contact_elements(), repeat=UNBOUNDED)


def _adjustment(id: str, name: str, reasons: tuple[str, ...]) -> Loop:
    return loop(id, name, must("ADX", name, need(1), need(2, *reasons)), repeat=UNBOUNDED)


def _detail(id: str, ids: str, *inner: Loop) -> Loop:
    """Return what is paid for one bill, contract or member."""
    return needed_loop(
        id,
        "premium",
        must("RMR", "premium", need(1, *ids.split("|")), need(2), may(3), need(4), may(5)),
        reference("14|17|18|2F|38|E9|LB|LU|ZZ", "premium's reference", UNBOUNDED),
        can("DTM", "coverage period", need(1, "582", "AAG"), *_PERIOD),
        *inner,
        repeat=UNBOUNDED,
    )


_SUMMARY_LINE = loop(
    "2310A",
    "summary line",
    must("IT1", "summary line", need(1)),
    loop(
        "2312A",
        "charge or allowance",
        must("SAC", "charge or allowance", need(1, "C"), need(2), need(5)),
        repeat=4,
    ),
    loop(
        "2315A",
        "member count",
        must(
            "SLN",
            "member count",
            need(1),
            need(3, "O"),
            need(4),
            need_parts(5, need(1, "10", "IE", "PR")),
        ),
        repeat=3,
    ),
)
ROOT = needed_loop(
    "820",
    "premium payment",
    begin("820"),
    must(
        "BPR",
        "payment",
        need(1, *"CDIPUX"),
        need(2),
        need(3, "C"),
        need(4, "ACH", "BOP", "CHK", "FWT", "NON", "SWT"),
        may(5, "CCP", "CTX"),
        may(6, "01", "02", "04"),
        may(7),
        may(8, "ALC", "DA"),
        may(9),
        may(10),
        may(11),
        may(12, "01", "02", "04"),
        may(13),
        may(14, "DA", "SG"),
        may(15),
        need(16),
    ),
    must("TRN", "payment's trace number", need(1, "1", "3"), need(2), may(3), may(4)),
    can("CUR", "currency", need(1, "2B", "PR"), need(2)),
    reference("14|17|18|2F|38|72|LB", "receiver's key", UNBOUNDED),
    can("DTM", "processed", need(1, "009"), need(2)),
    can("DTM", "delivered", need(1, "035"), need(2)),
    can("DTM", "coverage period", need(1, "582"), need(5, "RD8"), need(6)),
    can("DTM", "made", need(1, "097"), need(2)),
    needed_loop(
        "1000A",
        "premium receiver",
        *_party("PE", "premium receiver"),
        can("RDM", "remittance delivery", need(1), may(2), may(3)),
    ),
    needed_loop(
        "1000B",
        "premium payer",
        *_party("PR", "premium payer"),
        _contacts("premium payer's contact"),
    ),
    loop(
        "1000C",
        "intermediary bank",
        *_party("04|0B|8W|AK|BE|BK|C1|C2|IAT|MJ|RB|Z6|ZB|ZL", "intermediary bank"),
        _contacts("intermediary bank's contact"),
        repeat=14,
    ),
    loop(
        "2000A",
        "organization's premiums",
        must(
            "ENT",
            "organization's premiums",
            need(1),
            need(2, "2L", "AG", "NH", "RGA", "UN"),
            need(3, "1", "24", "9", "FI"),
            need(4),
        ),
        _adjustment("2200A", "adjustment of an earlier payment", _EARLIER),
        _detail(
            "2300A",
            "11|1L|CT|IK",
            _SUMMARY_LINE,
            _adjustment("2320A", "adjustment of this payment", _CURRENT),
        ),
    ),
    loop(
        "2000B",
        "individual's premiums",
        must(
            "ENT",
            "individual's premiums",
            need(1),
            need(2, "2J"),
            need(3, "34", "EI", "II"),
            need(4),
        ),
        loop(
            "2100B",
            "individual",
            must("NM1", "individual", need(1, "DO", "EY", "IL", "QE"), need(2, "1"), *some(3, 9)),
            repeat=UNBOUNDED,
        ),
        _adjustment("2200B", "adjustment of an earlier payment", _EARLIER),
        _detail(
            "2300B",
            "11|9J|AZ|B7|CT|ID|IG|IK|KW",
            _adjustment("2320B", "adjustment of this payment", _CURRENT),
        ),
        repeat=UNBOUNDED,
    ),
    END,
)

GUIDE = Guide(
    kind="820",
    versions=("005010X218",),
    set_id="820",
    functional_id="RA",
    name="premium payment",
    root=ROOT,
    unit="2000B",
)
