"""The answer to an inquiry for a review, 278: 005010X215, BHT02 49 (11 is read too).

Structure as of the answer to a request (X217).
"""

from mappers.x12.grammar import Guide, may, must, need
from mappers.x12.uses.review import reviews
from mappers.x12.uses.review_event import event
from mappers.x12.uses.review_party import Review
from mappers.x12.uses.review_service import service

_REVIEW = Review(
    "review inquiry response",
    must(
        "BHT",
        "review",
        need(1, "0007"),
        need(2, "49", "11"),
        need(3),
        need(4),
        need(5),
        may(6, "18", "19", "AT", "RD"),
    ),
    is_answer=True,
)
ROOT = reviews(_REVIEW, event(_REVIEW, service(_REVIEW)))

GUIDE = Guide(
    kind="278-inquiry-response",
    versions=("005010X215",),
    set_id="278",
    functional_id="HI",
    name="review inquiry response",
    root=ROOT,
    unit="2000E",
    is_certain=False,
)
