"""Public code sets, shipped: CMS places of service, postal codes of states."""

_RANGES = (
    (1, 27),
    (31, 34),
    (41, 42),
    (49, 58),
    (60, 62),
    (65, 66),
    (71, 72),
    (81, 81),
    (99, 99),
)
PLACES = frozenset(f"{code:02d}" for first, last in _RANGES for code in range(first, last + 1))
"""CMS place of service codes (https://www.cms.gov/medicare/coding-billing/place-of-service-codes).
"""
_STATES = (
    "AA AE AK AL AP AR AS AZ CA CO CT DC DE FL FM GA GU HI IA ID IL IN KS KY LA MA MD ME MH MI MN "
    "MO MP MS MT NC ND NE NH NJ NM NV NY OH OK OR PA PR PW RI SC SD TN TX UM UT VA VI VT WA WI WV "
    "WY"
)
STATES = frozenset(_STATES.split())
"""Postal abbreviations of states, territories and the forces (USPS Publication 28)."""
