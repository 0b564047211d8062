"""Typed values out of JSON, safe from the first use on in many threads.

msgspec works out the facts of a class when it first meets it, with no guard between threads: two
that meet it at once end the process (msgspec 0.21). A reader made while its module is imported has
them worked out before any thread asks.
"""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class TypedReader(Generic[T]):
    """Reads values of one type. To be made at import, never inside a function."""

    def __init__(self, type: type[T]) -> None:
        self._type = type
        self._decoder = msgspec.json.Decoder(type)

    def decode(self, text: bytes | str | msgspec.Raw) -> T:
        """Return the value that JSON text holds. Raises msgspec.DecodeError, ValidationError."""
        return self._decoder.decode(text)

    def convert(self, value: object, *, from_attributes: bool = False) -> T:
        """Return the value that decoded JSON holds, or an object's attributes do.

        Raises msgspec.ValidationError.
        """
        return msgspec.convert(value, self._type, from_attributes=from_attributes)
