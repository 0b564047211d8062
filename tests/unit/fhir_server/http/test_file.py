"""A file is streamed as it is, or packed when the answer says so."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from fhir_server.http.file import file_response
from fhir_server.http.negotiate import response_type
from fhir_server.model.rest import FhirResponse

NDJSON = "application/fhir+ndjson"


def unpack_zstd(packed: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(packed)


@pytest.mark.parametrize("size", [0, 1, 1 << 18, (1 << 19) + 3])
def test_file_is_streamed_whole(tmp_path: Path, size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    (tmp_path / "a").write_bytes(content)
    response = file_response(FhirResponse(200, media_type=NDJSON), tmp_path / "a")
    assert (response.headers["Content-Length"], response.headers["Content-Type"]) == (
        str(size),
        NDJSON,
    )
    assert b"".join(response.iter_encoded()) == content


@pytest.mark.parametrize(("coding", "unpack"), [("gzip", gzip.decompress), ("zstd", unpack_zstd)])
def test_packed_file_unpacks_to_itself(
    tmp_path: Path, coding: str, unpack: Callable[[bytes], bytes]
) -> None:
    content = b'{"resourceType":"Patient"}\n' * 50_000
    (tmp_path / "a").write_bytes(content)
    answer = FhirResponse(200, media_type=NDJSON, headers={"Content-Encoding": coding})
    response = file_response(answer, tmp_path / "a")
    packed = b"".join(response.iter_encoded())
    assert response.headers["Content-Encoding"] == coding
    assert "Content-Length" not in response.headers
    assert len(packed) < len(content) / 10
    assert unpack(packed) == content


def test_client_that_accepts_only_ndjson_is_not_refused() -> None:
    assert response_type(None, NDJSON) == "application/fhir+json"
