"""A contract for import-linter: a library is imported directly from its own place only.

Differs from the built-in kinds in that every module outside the place is judged, also one written
tomorrow, and that a place may be named before it exists.
"""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class ConfinedContract(Contract):
    """Rows of `library: module, module`; a module stands for all below it too."""

    type_name = "confined"

    places = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the imports of each library from outside its places."""
        del verbose
        rows: list[str] = list(self.places)  # type: ignore[call-overload]  # a descriptor of the library
        strangers = [stranger for row in rows for stranger in imports_elsewhere(graph, row)]
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line an import."""
        for stranger in check.metadata["strangers"]:
            output.print_error(stranger)


def imports_elsewhere(graph: ImportGraph, row: str) -> list[str]:
    """Return "importer -> library" for each direct import from outside the row's places."""
    library, _, names = row.partition(":")
    places = [name.strip() for name in names.split(",")]
    if library not in graph.modules:
        return []
    return [
        f"{importer} -> {library}"
        for importer in sorted(graph.find_modules_that_directly_import(library))
        if not any(importer == place or importer.startswith(f"{place}.") for place in places)
    ]
