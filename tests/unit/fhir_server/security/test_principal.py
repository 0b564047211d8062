"""What a principal may not do is refused by name."""

import pytest

from fhir_server.model.rest import Context
from fhir_server.outcome import Forbidden
from fhir_server.security.principal import require


def test_missing_permission_is_named() -> None:
    context = Context(1, "lab", ("system/Observation.c",))
    require(context, "Observation", "c")
    with pytest.raises(Forbidden, match=r"system/Observation\.s"):
        require(context, "Observation", "cs")


def test_server_itself_may_do_everything() -> None:
    require(Context(), "Patient", "cruds")
    require(Context(), "*", "cruds")
