"""The implementation acknowledgment, 999: 005010X231A1."""

from mappers.x12.grammar import (
    UNBOUNDED,
    Guide,
    can,
    loop,
    may,
    may_parts,
    must,
    need,
    need_parts,
    needed_loop,
)

_SEGMENT_CODES = (*"12345678", "I4", "I6", "I7", "I8", "I9")
_ELEMENT_CODES = (
    *"123456789",
    *("10", "12", "13", "I6", "I9", "I10", "I11", "I12", "I13"),
)
_SET_CODES = (
    *"1234567",
    *("8", "9", "10", "11", "12", "13", "15", "16", "17", "18", "19"),
    *("23", "24", "25", "26", "27", "I5", "I6"),
)
_GROUP_CODES = (
    *"123456",
    *("10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "23", "24", "25", "26"),
)
_POSITION = (need(1), may(2), may(3))
_CONTEXT = can(
    "CTX",
    "context",
    need_parts(1, need(1), may(2)),
    may(2),
    may(3),
    may(4),
    may_parts(5, *_POSITION),
    may_parts(6, need(1), may(2)),
    repeat=10,
)

ROOT = needed_loop(
    "999",
    "acknowledgment",
    must("ST", "set begins", need(1, "999"), need(2), need(3)),
    must("AK1", "answered group", need(1), need(2), may(3)),
    loop(
        "2000",
        "answered set",
        must("AK2", "answered set", need(1), need(2), may(3)),
        loop(
            "2100",
            "segment error",
            must("IK3", "segment error", need(1), need(2), may(3), may(4, *_SEGMENT_CODES)),
            _CONTEXT,
            loop(
                "2110",
                "element error",
                must(
                    "IK4",
                    "element error",
                    need_parts(1, *_POSITION),
                    may(2),
                    need(3, *_ELEMENT_CODES),
                    may(4),
                ),
                _CONTEXT,
                repeat=UNBOUNDED,
            ),
            repeat=UNBOUNDED,
        ),
        must(
            "IK5",
            "set verdict",
            need(1, *"AEMRWX"),
            *(may(one, *_SET_CODES) for one in range(2, 7)),
        ),
        repeat=UNBOUNDED,
    ),
    must(
        "AK9",
        "group verdict",
        need(1, *"AEMPRWX"),
        need(2),
        need(3),
        need(4),
        *(may(one, *_GROUP_CODES) for one in range(5, 10)),
    ),
    must("SE", "set ends", need(1), need(2)),
)

GUIDE = Guide(
    versions=("005010X231A1", "005010X231"),
    set_id="999",
    functional_id="FA",
    name="implementation acknowledgment",
    root=ROOT,
    unit="2000",
    kind="999",
)
