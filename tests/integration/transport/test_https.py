"""HTTPS with a real TLS server: certificates, tokens, keys of requests, and what goes wrong."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from fhir_server.model.transport import Https
from fhir_server.outcome import FhirError
from fhir_server.settings import Settings
from fhir_server.transport.failure import (
    NoAnswer,
    NoConversation,
    NotReached,
    NotTaken,
    NotTrusted,
)
from fhir_server.transport.https import HttpsTransport
from tests.integration.transport.certificates import Authority
from tests.integration.transport.web import TOKEN, PartnerServer, partner_server

FILE = b"ISA*00*one~"


@dataclass
class Way:
    """The partner's server and the way to it."""

    server: PartnerServer
    settings: Settings
    data: Https = field(init=False)

    def __post_init__(self) -> None:
        base = f"https://127.0.0.1:{self.server.server_port}"
        self.data = Https(
            deliver=f"{base}/deliver",
            collect=f"{base}/collect",
            ask=f"{base}/ask",
            token="file:token",
            certificate="file:client.pem",
            authority="file:authority.pem",
            timeout=5,
        )

    def transport(self, **changes: object) -> HttpsTransport:
        """Return the transport, some of its data changed."""
        return HttpsTransport(msgspec.structs.replace(self.data, **changes), self.settings)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PartnerServer, Path]]:
    folder = tmp_path_factory.mktemp("https")
    secrets = folder / "secrets"
    secrets.mkdir()
    authority = Authority("Partner authority")
    (secrets / "token").write_text(f"{TOKEN}\n")
    (secrets / "wrong").write_text("another token")
    (secrets / "client.pem").write_bytes(authority.issue("parity").both)
    (secrets / "stranger.pem").write_bytes(Authority("Elsewhere").issue("parity").both)
    (secrets / "authority.pem").write_bytes(authority.certificate)
    (secrets / "other.pem").write_bytes(Authority("Nobody").certificate)
    (secrets / "nonsense.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n")
    with partner_server(authority, folder) as server:
        yield server, folder


@pytest.fixture
def way(served: tuple[PartnerServer, Path]) -> Way:
    server, folder = served
    server.taken.clear()
    server.waiting.clear()
    server.status, server.listed_elsewhere = 200, False
    return Way(server, Settings(data_dir=str(folder)))


def test_file_is_delivered_once_under_its_name(way: Way) -> None:
    transport = way.transport()
    way.server.receipt = b"ISA*00*"
    transport.stage("a.837", FILE)
    assert way.server.taken == {}
    assert transport.release("a.837", FILE)
    assert transport.reply == b"ISA*00*"
    assert list(way.server.taken.values()) == [FILE]
    assert way.server.names[-1] == 'attachment; filename="a.837"'
    assert not transport.release("a.837", FILE)
    assert transport.reply == b""
    assert len(way.server.taken) == 1


def test_files_are_collected_and_put_away(way: Way) -> None:
    way.server.waiting |= {"a.999": b"one", "b.835": b"two", "c.835": b"three"}
    transport = way.transport()
    found = list(transport.arrivals(2))
    assert [one.name for one in found] == ["a.999", "b.835"]
    assert [transport.fetch(one) for one in found] == [b"one", b"two"]
    transport.settle(found[0])
    assert [one.name for one in transport.arrivals(9)] == ["b.835", "c.835"]
    assert transport.fetch(found[0]) is None
    transport.settle(found[0])


def test_question_is_answered(way: Way) -> None:
    assert way.transport().ask(FILE, "key", 5) == FILE[::-1]
    assert "connected to https://127.0.0.1" in way.transport().test()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"token": "file:wrong"}, "credentials"),
        ({"token": ""}, "credentials"),
        ({"token": "env:NOT_THERE"}, "PARITY_SECRET_NOT_THERE"),
        ({"token": "file:../token"}, "written env:NAME or file:NAME"),
        ({"token": "file:absent"}, "not readable"),
        ({"authority": "file:other.pem"}, "not trusted"),
        ({"authority": ""}, "not trusted"),
        ({"authority": "file:nonsense.pem"}, "no PEM"),
        ({"certificate": "file:token"}, "no PEM"),
        ({"ask": "http://192.0.2.1/ask"}, "not https"),
    ],
    ids=[
        "wrong token",
        "no token",
        "token not set",
        "token outside the folder",
        "token without file",
        "other authority",
        "authorities of the system",
        "authority that is none",
        "certificate that is none",
        "plain http",
    ],
)
def test_who_is_not_trusted_gets_nothing(way: Way, changes: dict[str, str], words: str) -> None:
    with pytest.raises(NotTrusted, match=words) as caught:
        way.transport(**changes).ask(FILE, "key", 5)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("certificate", ["", "file:stranger.pem"], ids=["none", "stranger's"])
def test_client_without_its_certificate_is_not_let_in(way: Way, certificate: str) -> None:
    with pytest.raises((NotTrusted, NotReached)):
        way.transport(certificate=certificate).ask(FILE, "key", 5)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (503, NotReached),
        (500, NotReached),
        (429, NotReached),
        (403, NotTrusted),
        (400, NotTaken),
        (413, NotTaken),
        (302, NotTaken),
    ],
)
def test_status_tells_whether_to_come_again(way: Way, status: int, error: type[FhirError]) -> None:
    way.server.status = status
    with pytest.raises(error):
        way.transport().release("a.837", FILE)


def test_answer_that_drips_is_not_waited_for(way: Way) -> None:
    drip = way.data.ask.replace("/ask", "/drip")
    begun = time.monotonic()
    with pytest.raises(NoAnswer, match=r"0\.3 seconds"):
        way.transport(ask=drip).ask(FILE, "key", 0.3)
    assert time.monotonic() - begun < 2


def test_server_that_is_away_is_not_reached(way: Way) -> None:
    with pytest.raises(NotReached):
        way.transport(ask="https://127.0.0.1:1/ask").ask(FILE, "key", 5)
    with pytest.raises(NotReached):
        way.transport(deliver="https://127.0.0.1:1/", collect="", ask="").test()


def test_address_that_is_not_configured_is_told(way: Way) -> None:
    with pytest.raises(NoConversation, match="ask address"):
        way.transport(ask="").ask(FILE, "key", 5)
    with pytest.raises(NoConversation, match="deliver address"):
        way.transport(deliver="").stage("a", FILE)
    assert list(way.transport(collect="").arrivals(5)) == []


def test_files_listed_at_another_server_are_not_fetched(way: Way) -> None:
    way.server.waiting["a.999"] = b"one"
    way.server.listed_elsewhere = True
    with pytest.raises(NotTrusted, match="another server"):
        list(way.transport().arrivals(5))


def test_list_that_is_none_is_told(way: Way) -> None:
    way.server.waiting["none"] = b"[]"
    transport = way.transport(collect=way.data.collect.replace("collect", "files/none"))
    with pytest.raises(NotTaken, match="list of files"):
        list(transport.arrivals(5))


def test_credential_of_the_environment(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PARITY_SECRET_CASCADE", TOKEN)
    assert way.transport(token="env:CASCADE").ask(FILE, "key", 5) == FILE[::-1]
