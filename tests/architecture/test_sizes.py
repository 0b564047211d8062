"""Small modules, small functions, shallow nesting; tables of rules are exempt."""

from collections.abc import Callable, Iterator
from statistics import median, quantiles

from tests.architecture.source import Function, Module, body_lines, depth, modules

MODULE_MEDIAN, MODULE_P90, MODULE_MOST = 100, 300, 500
FUNCTION_MEDIAN, FUNCTION_MOST = 10, 60
DEEPEST = 3


def written() -> list[Module]:
    """Return the modules that hold steps: neither a bare docstring nor a table of rows."""
    return [one for one in modules() if len(one.tree.body) > 1 and not one.is_table]


def over(limit: int, measure: Callable[[Function], int]) -> Iterator[str]:
    """Yield "path:line name size" for each function whose measure is above the limit."""
    for module in modules():
        for function in module.functions():
            if measure(function) > limit:
                yield f"{module.path}:{function.lineno} {function.name} {measure(function)}"


def test_modules_are_short() -> None:
    sizes = sorted(module.lines for module in written())
    assert median(sizes) <= MODULE_MEDIAN
    assert quantiles(sizes, n=10)[-1] <= MODULE_P90


def test_no_module_is_over_the_limit() -> None:
    assert {one.path: one.lines for one in written() if one.lines > MODULE_MOST} == {}


def test_functions_are_short() -> None:
    sizes = [body_lines(function) for module in modules() for function in module.functions()]
    assert median(sizes) <= FUNCTION_MEDIAN


def test_no_function_is_over_the_limit() -> None:
    assert list(over(FUNCTION_MOST, body_lines)) == []


def test_no_function_nests_deeply() -> None:
    assert list(over(DEEPEST, depth)) == []
