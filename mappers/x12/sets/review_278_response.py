"""The answer to a request for a review, 278: 005010X217, BHT02 11.

The request shares version and set; BHT02 tells them apart.
"""

from mappers.x12.grammar import Guide, may, must, need
from mappers.x12.uses.review import reviews
from mappers.x12.uses.review_event import event
from mappers.x12.uses.review_party import Review
from mappers.x12.uses.review_service import service

_REVIEW = Review(
    "review response",
    must(
        "BHT",
        "review",
        need(1, "0007"),
        need(2, "11"),
        need(3),
        need(4),
        need(5),
        may(6, "18", "19", "AT", "RU"),
    ),
    is_answer=True,
)
ROOT = reviews(_REVIEW, event(_REVIEW, service(_REVIEW)))

GUIDE = Guide(
    kind="278-response",
    versions=("005010X217",),
    set_id="278",
    functional_id="HI",
    name="review response",
    root=ROOT,
    unit="2000E",
)
