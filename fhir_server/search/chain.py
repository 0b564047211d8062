"""Names of criteria: a parameter of the type, a chain to another, or `_has`, to any depth.

Source: https://hl7.org/fhir/R4/search.html#chaining and #has. A chain without a type is followed
to every type its reference may point to that has the rest of the chain and that the token may
search; `subject:Patient.name` to one. What a token may not search is no way around its scopes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from fhir_server.outcome import BadRequest, Forbidden, NotSupported, TooComplex, UnknownParameter
from fhir_server.search.canonical import CANONICAL, named_by
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter
from fhir_server.search.query import Arm, Chain, Criterion, Ids, Reverse, Some
from fhir_server.search.registry import Registry

Leaf = Callable[[Parameter, str | None, str, Options], Criterion]
"""What reads the value of one parameter, given its modifier."""
Further = Callable[[str, "Names"], Criterion]
"""What makes the criterion of a type that a reference leads to."""
HAS = "_has:"
LIST = "_list"
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


class LeadsNowhere(BadRequest):
    """A step of a name that resources of this type do not have."""


@dataclass(slots=True)
class Budget:
    """How many criteria a search may still have; each type that a chain reaches counts."""

    limit: int
    spent: int = 0

    def spend(self) -> None:
        """Count one criterion. Raises TooComplex beyond the limit."""
        self.spent += 1
        if self.spent > self.limit:
            raise TooComplex.of(
                f"the search has more than {self.limit} criteria, "
                "counting each type that a chain reaches",
                "search_criteria_limit",
            )


@dataclass(frozen=True, slots=True)
class Names:
    """Reads names of criteria for one request.

    `chained` and `reversed` are the steps taken so far along references and against them.
    """

    tenant: int
    registry: Registry
    options: Options
    leaf: Leaf
    budget: Budget
    chained: int = 0
    reversed: int = field(default=0)

    def criterion(self, type: str, name: str, text: str) -> Criterion:
        """Return the criterion of a name and its value, for resources of a type.

        Raises UnknownParameter, NotSupported, BadRequest, Forbidden or TooComplex.
        """
        if name.startswith(HAS):
            return self._has(type, name, text)
        if name == LIST:
            return self._listed(text)
        code, _, modifier = name.partition(":")
        known = self.registry.parameters(self.tenant, type)
        if "." in modifier or ("." in code and code not in known):
            return self._chain(type, name, text)
        parameter = self.registry.parameter(self.tenant, type, code)
        self.budget.spend()
        return self.leaf(parameter, modifier or None, text, self.options)

    def _chain(self, type: str, name: str, text: str) -> Criterion:
        head, _, rest = name.partition(".")

        def further(type: str, names: "Names") -> Criterion:
            return names.criterion(type, rest, text)

        return self.led(type, head, further, rest.partition(":")[0])

    def led(self, type: str, head: str, further: Further, words: str) -> Criterion:
        """Return the criterion that a reference leads to what the rest of a chain finds.

        `head` is `parameter` or `parameter:Type`; `further` makes the criterion of a type led to;
        `words` name the rest in errors. Raises as `criterion` does.
        """
        code, _, target = head.partition(":")
        parameter = self._reference(type, code)
        inner = self._further(chained=1)
        if target and target not in parameter.targets:
            raise LeadsNowhere(f"{code} of {type} does not refer to {target[:64]}")
        if target:
            self.check_searchable(target)
            criteria = [(target, further(target, inner))]
        else:
            criteria = list(inner.untyped(parameter, further, words))
        arms = (arm for one, criterion in criteria for arm in self._arms(parameter, one, criterion))
        return Chain(parameter.slot.own_key, tuple(arms))

    def untyped(
        self, parameter: Parameter, further: Further, words: str
    ) -> Iterator[tuple[str, Criterion]]:
        """Yield the criterion of each type a reference may point to that has the rest of a chain.

        Raises Forbidden or UnknownParameter when there is no such type.
        """
        refused: BadRequest | Forbidden | None = None
        found = False
        for type in parameter.targets:
            try:
                self.check_searchable(type)
                criterion = further(type, self)
            except (UnknownParameter, NotSupported, LeadsNowhere, Forbidden) as error:
                refused = error if refused is None or isinstance(error, Forbidden) else refused
                continue
            found = True
            yield type, criterion
        if isinstance(refused, BadRequest) and not found and len(parameter.targets) > 1:
            raise UnknownParameter(
                f"no type that {parameter.code} may refer to has the search parameter {words[:64]}"
            )
        if refused is not None and not found:
            raise refused

    def _arms(self, parameter: Parameter, type: str, criterion: Criterion) -> Iterator[Arm]:
        yield Arm(type, criterion)
        names = self._names(parameter, type)
        if names is not None:
            yield Arm(type, criterion, names)

    def _names(self, parameter: Parameter, type: str) -> int | None:
        """Return the key under which what a canonical reference names has its URL."""
        if not any(source.type in CANONICAL for source in parameter.sources):
            return None
        names = named_by(self.registry.parameters(self.tenant, type))
        return None if names is None else names.own_key

    def _has(self, type: str, name: str, text: str) -> Criterion:
        parts = name.split(":", 3)
        if len(parts) < 4 or not all(parts):
            raise BadRequest("_has takes the form _has:Type:reference:parameter")
        _, source, code, rest = parts
        if not self.registry.definitions.is_resource_type(source):
            raise BadRequest(f"_has: {source[:64]} is not a resource type")
        parameter = self._reference(source, code)
        if type not in parameter.targets:
            raise LeadsNowhere(f"_has: {code} of {source} does not refer to {type}")
        self.check_searchable(source)
        arm = Arm(source, self._further(reversed=1).criterion(source, rest, text))
        key, names = parameter.slot.own_key, self._names(parameter, type)
        referred = Reverse(key, arm)
        return referred if names is None else Some((referred, Reverse(key, arm, names)))

    def _listed(self, text: str) -> Criterion:
        """Return the criterion that a List has the resource as an item."""
        self.check_searchable("List")
        self.budget.spend()
        ids = [one.removeprefix("List/") for one in text.split(",")]
        if any(one.startswith("$") for one in ids):
            raise NotSupported("_list takes the ids of Lists; none such as $current-allergies")
        if not all(map(ID.fullmatch, ids)):
            raise BadRequest("_list takes the id of a List")
        item = self.registry.parameter(self.tenant, "List", "item")
        return Reverse(item.slot.own_key, Arm("List", Ids(tuple(dict.fromkeys(ids)))))

    def _reference(self, type: str, code: str) -> Parameter:
        parameter = self.registry.parameter(self.tenant, type, code)
        if parameter.type != "reference":
            raise LeadsNowhere(f"{code} of {type} is not a reference: it leads nowhere")
        return parameter

    def _further(self, chained: int = 0, reversed: int = 0) -> "Names":
        """Return the reader one step further. Raises TooComplex beyond the depth allowed."""
        chained, reversed = self.chained + chained, self.reversed + reversed
        for steps, limit, word, setting in (
            (chained, self.options.chain_limit, "a chain", "search_chain_limit"),
            (reversed, self.options.has_limit, "_has", "search_has_limit"),
        ):
            if steps > limit:
                raise TooComplex.of(f"{word} takes at most {limit} steps", setting)
        return replace(self, chained=chained, reversed=reversed)

    def check_searchable(self, type: str) -> None:
        """Refuse a type the token may not search. Raises Forbidden."""
        searchable = self.options.searchable
        if searchable is not None and type not in searchable:
            raise Forbidden(
                f"the token does not allow search on {type}; "
                f"it would need the scope system/{type}.s",
                detail="insufficient-scope",
            )
