"""The compiler turns definitions into rows, and leaves out what it cannot know."""

from profiles.compiler.search import alternatives, compile_compartments, compile_search
from profiles.compiler.source import JsonObject, last_segment
from profiles.compiler.structure import compile_types, required_value_set
from profiles.compiler.terminology import compile_code_lists

COLORS = "http://example.org/ValueSet/colors"
SYSTEM = "http://example.org/CodeSystem/colors"
STRING = "http://hl7.org/fhirpath/System.String"


def element(path: str, *codes: str, **members: object) -> JsonObject:
    row: JsonObject = {"path": path, "min": 0, "max": "1"}
    row["type"] = [{"code": code} for code in codes]
    row.update(members)  # type: ignore[arg-type]  # members are JSON by construction
    return row


def definition(name: str, *elements: JsonObject, kind: str = "resource") -> JsonObject:
    return {
        "type": name,
        "kind": kind,
        "abstract": False,
        "snapshot": {"element": [element(name), *elements]},
    }


BOAT = definition(
    "Boat",
    element("Boat.id", STRING),
    element("Boat.color", "code", min=1, binding={"strength": "required", "valueSet": COLORS}),
    element("Boat.length[x]", "Quantity", "string"),
    element("Boat.mast", "BackboneElement", max="*"),
    element("Boat.mast.id", STRING),
    element("Boat.mast.made", "date", isSummary=True),
    element("Boat.spare", contentReference="#Boat.mast"),
    element("Boat.owner", "Reference"),
)


def test_backbone_becomes_a_type_of_its_path() -> None:
    table = compile_types(iter([BOAT]), {COLORS})
    assert {name: kind for name, (kind, _) in table.items()} == {
        "Boat": "resource",
        "Boat.mast": "backbone",
    }
    mast = table["Boat"][1][3]
    assert (mast.name, mast.max, mast.types[0].type) == ("mast", None, "Boat.mast")
    assert table["Boat.mast"][1][1].is_summary


def test_content_reference_becomes_the_type_referred_to() -> None:
    table = compile_types(iter([BOAT]), {COLORS})
    assert table["Boat"][1][4].types[0].type == "Boat.mast"


def test_choice_spells_each_member() -> None:
    length = compile_types(iter([BOAT]), {COLORS})["Boat"][1][2]
    assert [option.key for option in length.types] == ["lengthQuantity", "lengthString"]


def test_id_of_a_resource_has_the_format_of_id() -> None:
    table = compile_types(iter([BOAT]), {COLORS})
    assert table["Boat"][1][0].types[0].type == "id"
    assert table["Boat.mast"][1][0].types[0].type == "string"


def test_binding_is_kept_only_to_an_enumerable_list() -> None:
    assert compile_types(iter([BOAT]), {COLORS})["Boat"][1][1].codes == "colors"
    assert compile_types(iter([BOAT]), set())["Boat"][1][1].codes is None


def test_constraints_and_abstract_types_are_left_out() -> None:
    profile = {**BOAT, "derivation": "constraint"}
    abstract = {**BOAT, "abstract": True}
    assert compile_types(iter([profile, abstract]), set()) == {}


def test_only_required_bindings_count() -> None:
    bound = element("a.b", "code", binding={"strength": "required", "valueSet": f"{COLORS}|1"})
    loose = element("a.b", "code", binding={"strength": "preferred", "valueSet": COLORS})
    assert required_value_set(bound) == COLORS
    assert required_value_set(loose) is None


def value_set(*includes: JsonObject, **compose: object) -> JsonObject:
    return {"compose": {"include": [*includes], **compose}}  # type: ignore[dict-item]  # JSON


def code_system(content: str = "complete") -> JsonObject:
    nested: JsonObject = {"code": "crimson"}
    return {"content": content, "concept": [{"code": "red", "concept": [nested]}, {"code": "blue"}]}


def test_whole_code_system_is_listed_with_its_hierarchy() -> None:
    lists = compile_code_lists(
        iter([COLORS]), {COLORS: value_set({"system": SYSTEM})}, {SYSTEM: code_system()}
    )
    assert lists == {COLORS: {SYSTEM: {"red", "crimson", "blue"}}}


def test_enumerated_codes_need_no_code_system() -> None:
    include: JsonObject = {"system": SYSTEM, "concept": [{"code": "green"}]}
    lists = compile_code_lists(iter([COLORS]), {COLORS: value_set(include)}, {})
    assert lists == {COLORS: {SYSTEM: {"green"}}}


def test_value_set_may_include_another() -> None:
    other = "http://example.org/ValueSet/other"
    sets = {
        COLORS: value_set({"valueSet": [f"{other}|1.0"]}),
        other: value_set({"system": SYSTEM}),
    }
    lists = compile_code_lists(iter([COLORS]), sets, {SYSTEM: code_system()})
    assert lists[COLORS][SYSTEM] == {"red", "crimson", "blue"}


def test_what_cannot_be_enumerated_is_left_out() -> None:
    whole = value_set({"system": SYSTEM})
    filtered = value_set({"system": SYSTEM, "filter": [{"property": "concept"}]})
    excluding = value_set({"system": SYSTEM}, exclude=[{"system": SYSTEM}])
    for content, candidate in [
        ("fragment", whole),
        ("complete", filtered),
        ("complete", excluding),
        ("complete", value_set()),
    ]:
        systems = {SYSTEM: code_system(content)}
        assert compile_code_lists(iter([COLORS]), {COLORS: candidate}, systems) == {}
    assert compile_code_lists(iter([COLORS]), {COLORS: whole}, {}) == {}
    assert compile_code_lists(iter([COLORS]), {}, {}) == {}


def parameter(code: str, base: list[str], expression: str) -> JsonObject:
    url = f"http://example.org/SearchParameter/{code}"
    return {"code": code, "url": url, "type": "token", "base": [*base], "expression": expression}


def test_outermost_alternatives_are_told_apart() -> None:
    expression = "A.b | (A.c as X | A.d) | A.e.where(f='|')"
    assert list(alternatives(expression)) == ["A.b", "(A.c as X | A.d)", "A.e.where(f='|')"]


def test_expression_keeps_the_alternatives_of_its_type() -> None:
    shared = parameter("color", ["Boat", "Car"], "Boat.color | (Car.paint as code)")
    table = compile_search([shared], ["Boat", "Car"])
    assert table["Boat"][0].expression == "Boat.color"
    assert table["Car"][0].expression == "(Car.paint as code)"


def test_parameter_of_all_resources_is_inherited() -> None:
    general = parameter("_id", ["Resource"], "Resource.id")
    narrative = parameter("_text", ["DomainResource"], "")
    table = compile_search([general, narrative], ["Binary", "Boat"])
    assert [row.code for row in table["Boat"]] == ["_id", "_text"]
    assert [row.code for row in table["Binary"]] == ["_id"]


def test_composite_part_takes_its_type_from_the_parameter_it_names() -> None:
    color = parameter("color", ["Boat"], "Boat.color")
    both: JsonObject = {
        **parameter("color-made", ["Boat"], "Boat"),
        "type": "composite",
        "component": [{"definition": color["url"], "expression": "color"}],
    }
    row = next(r for r in compile_search([color, both], ["Boat"])["Boat"] if r.components)
    assert (row.components[0].code, row.components[0].type) == ("color", "token")


def test_target_of_every_type_is_no_restriction() -> None:
    every: JsonObject = {**parameter("x", ["Boat"], "Boat.x"), "target": ["Boat", "Car"]}
    one: JsonObject = {**parameter("y", ["Boat"], "Boat.y"), "target": ["Car"]}
    rows = compile_search([every, one], ["Boat", "Car", "Parameters"])["Boat"]
    assert [row.targets for row in rows] == [(), ("Car",)]


def test_compartment_lists_member_types_only() -> None:
    source: JsonObject = {
        "code": "Boat",
        "url": "http://example.org/CompartmentDefinition/boat",
        "resource": [
            {"code": "Sail", "param": ["on"]},
            {"code": "Boat", "param": ["{def}"]},
            {"code": "Car"},
        ],
    }
    assert compile_compartments([source]) == [
        {"code": "Boat", "url": source["url"], "members": {"Sail": ["on"]}}
    ]


def test_id_of_a_canonical_has_no_version() -> None:
    assert last_segment("http://example.org/ValueSet/colors|4.0.1") == "colors"
