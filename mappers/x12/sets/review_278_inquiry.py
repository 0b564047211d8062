"""The inquiry for the state of a review, 278: 005010X215, BHT02 28.

Structure as of the request (X217), of which it sends what finds the review.
"""

from mappers.x12.grammar import Guide, may, must, need
from mappers.x12.uses.review import reviews
from mappers.x12.uses.review_event import event
from mappers.x12.uses.review_party import Review
from mappers.x12.uses.review_service import service

_REVIEW = Review(
    "review inquiry",
    must(
        "BHT",
        "review",
        need(1, "0007"),
        need(2, "28"),
        need(3),
        need(4),
        need(5),
        may(6, "RD"),
    ),
    is_inquiry=True,
)
ROOT = reviews(_REVIEW, event(_REVIEW, service(_REVIEW)))

GUIDE = Guide(
    kind="278-inquiry",
    versions=("005010X215",),
    set_id="278",
    functional_id="HI",
    name="review inquiry",
    root=ROOT,
    unit="2000E",
    is_certain=False,
)
