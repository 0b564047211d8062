"""Running sums over the units of a set, which need not be kept to be added up."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from mappers.x12.rules.view import View

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sum:
    """A total by name: what each loop of a kind of set adds to it; None spoils the total."""

    name: str
    kinds: tuple[str, ...]
    loop: str
    amount: Callable[[View], Decimal | None]

    def take(self, view: View) -> None:
        """Add what one loop brings."""
        sums = view.scene.sums
        before = sums.get(self.name, _ZERO)
        brought = self.amount(view)
        sums[self.name] = None if before is None or brought is None else before + brought


def summed(view: View, name: str) -> Decimal | None:
    """Return a total; zero where nothing was added, None where a number was unreadable."""
    return view.scene.sums.get(name, _ZERO)
