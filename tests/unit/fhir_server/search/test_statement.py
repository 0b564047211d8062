from dataclasses import dataclass

from sqlalchemy import select

from fhir_server.search.statement import KEPT_LARGE, LARGE, Template, kept, weight_of


@dataclass(frozen=True)
class Shape:
    number: int
    weight: int


def made(shape: Shape) -> Template:
    return Template(select().limit(shape.number))


def test_statement_of_a_shape_is_built_once() -> None:
    build = kept(made)
    assert build(Shape(1, 1)) is build(Shape(1, 1))
    assert build(Shape(1, 1)) is not build(Shape(2, 1))


def test_few_statements_of_many_parts_are_kept() -> None:
    build = kept(made)
    small, large = build(Shape(0, LARGE)), build(Shape(0, LARGE + 1))
    for number in range(1, KEPT_LARGE + 1):
        build(Shape(number, LARGE + 1))
    assert build(Shape(0, LARGE)) is small
    assert build(Shape(0, LARGE + 1)) is not large


def test_weight_is_the_number_of_parts_at_any_depth() -> None:
    assert weight_of(("a", (1, 2, ("b", ())))) == 4
