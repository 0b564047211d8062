"""What the loops of one set share while they are judged."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mappers.x12.codes.code_list import NO_LISTS, CodeLists


@dataclass(slots=True)
class Scene:
    """What all loops of one set share: kind, day (`today` as CCYYMMDD), lists, running sums.

    `sums` holds totals over units that are not kept (None: a number was unreadable); `seen` what
    must not come twice, by name, as hashes.
    """

    kind: str
    day: date | None = None
    today: str = ""
    lists: CodeLists = NO_LISTS
    sums: dict[str, Decimal | None] = field(default_factory=dict)
    seen: dict[str, set[int]] = field(default_factory=dict)

    def is_new(self, name: str, value: object) -> bool:
        """Note a value; tell whether it was not noted before."""
        known = self.seen.setdefault(name, set())
        key = hash(value)
        if key in known:
            return False
        known.add(key)
        return True
