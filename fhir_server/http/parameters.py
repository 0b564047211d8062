"""The parameters of a query string or of a form."""

from urllib.parse import parse_qsl

from fhir_server.outcome import BadRequest

MAX_PARAMETERS = 1000


def parse_parameters(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a query string or form, in order, percent-decoded.

    Raises BadRequest when they are too many or not UTF-8.
    """
    if not text:
        return ()
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except UnicodeDecodeError:
        raise BadRequest("the parameters are not UTF-8") from None
    except ValueError:
        raise BadRequest(f"more than {MAX_PARAMETERS} parameters") from None
    if any("\x00" in name or "\x00" in value for name, value in pairs):
        raise BadRequest("a parameter has a NUL character")
    return tuple(pairs)
