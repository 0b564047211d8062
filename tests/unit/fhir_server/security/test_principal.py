"""What a principal may not do is refused by name."""

import pytest

from fhir_server.outcome import Forbidden
from fhir_server.security.principal import Principal, require


def test_missing_permission_is_named() -> None:
    context = Principal("lab", 1, ("system/Observation.c",)).context()
    require(context, "Observation", "c")
    with pytest.raises(Forbidden, match=r"system/Observation\.s"):
        require(context, "Observation", "cs")


def test_server_itself_may_do_everything() -> None:
    from fhir_server.model.rest import Context

    require(Context(), "Patient", "cruds")
    require(Context(), "*", "cruds")
