"""Render a file for a person: loops indented, a line a segment, findings where they stand."""


def explain(data: bytes, name: str) -> str:
    """Return the rendering of any bytes (`parity x12 explain`)."""
    raise NotImplementedError
