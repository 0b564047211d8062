"""SFTP with a real OpenSSH server: keys, folders, two steps, and what goes wrong."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from fhir_server.model.transport import Sftp
from fhir_server.settings import Settings
from fhir_server.store import partners
from fhir_server.transport.failure import NoConversation, NotReached, NotTaken, NotTrusted
from fhir_server.transport.sftp import SftpTransport
from tests.integration.billing.practice import CASCADE, CONTEXT, open_practice
from tests.integration.transport.install import MISSING
from tests.integration.transport.sshd import SshServer, find_sshd, ssh_server
from tests.unit.mappers.fhir_x12.remit import PAID, remit

FILE = b"ISA*00*one~" * 20_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    sshd = find_sshd()
    if sshd is None:
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("sshd")
    with ssh_server(sshd, folder) as started:
        yield started


@pytest.fixture
def data(server: SshServer) -> Sftp:
    for name in ("inbox", "outbox"):
        shutil.rmtree(server.folder / name)
        (server.folder / name).mkdir()
    return Sftp(
        host="127.0.0.1",
        port=server.port,
        username=server.user,
        host_key=server.host_key,
        key="file:client",
        inbox=str(server.folder / "inbox"),
        outbox=str(server.folder / "outbox"),
        timeout=10,
    )


@pytest.fixture
def transport(data: Sftp, server: SshServer) -> Iterator[SftpTransport]:
    opened = SftpTransport(data, Settings(secret_dir=str(server.folder)))
    yield opened
    opened.close()


def changed(data: Sftp, server: SshServer, **changes: object) -> SftpTransport:
    """Return a transport, some of its data changed."""
    given = msgspec.structs.replace(data, **changes)
    return SftpTransport(given, Settings(secret_dir=str(server.folder)))


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_file_is_uploaded_aside_and_renamed(transport: SftpTransport, server: SshServer) -> None:
    outbox = server.folder / "outbox"
    transport.stage("a.837", b"cut short")
    transport.stage("a.837", FILE)
    assert names(outbox) == [".a.837.part"]
    assert transport.release("a.837", FILE)
    assert names(outbox) == ["a.837"]
    assert (outbox / "a.837").read_bytes() == FILE
    assert not transport.release("a.837", FILE)


def test_file_fetched_by_the_partner_does_not_come_again(
    transport: SftpTransport, server: SshServer
) -> None:
    transport.stage("a.837", FILE)
    transport.release("a.837", FILE)
    (server.folder / "outbox" / "a.837").unlink()
    transport.close()
    assert not transport.release("a.837", FILE)
    assert names(server.folder / "outbox") == []


def test_whole_files_arrive_oldest_first_and_are_deleted(
    transport: SftpTransport, server: SshServer
) -> None:
    inbox = server.folder / "inbox"
    for age, name in enumerate(["c.835", "b.999", "a.277", ".hidden", "d.835.part"]):
        (inbox / name).write_bytes(name.encode())
        os.utime(inbox / name, (1000 - age, 1000 - age))
    (inbox / "folder").mkdir()
    found = list(transport.arrivals(2))
    assert [one.name for one in found] == ["a.277", "b.999"]
    assert transport.fetch(found[0]) == b"a.277"
    transport.settle(found[0])
    transport.settle(found[0])
    assert transport.fetch(found[0]) is None
    assert [one.name for one in transport.arrivals(9)] == ["b.999", "c.835"]


def test_large_file_arrives_whole(transport: SftpTransport, server: SshServer) -> None:
    (server.folder / "inbox" / "large").write_bytes(FILE * 10)
    (one,) = transport.arrivals(1)
    assert transport.fetch(one) == FILE * 10


def test_folders_do_not_answer(transport: SftpTransport) -> None:
    with pytest.raises(NoConversation):
        transport.ask(FILE, "key", 5)
    assert "inbox has 0 names" in transport.test()


def test_server_with_another_key_is_not_trusted(data: Sftp, server: SshServer) -> None:
    other = (server.folder / "stranger.pub").read_text()
    with pytest.raises(NotTrusted, match="another key than the one pinned"):
        changed(data, server, host_key=other).test()
    assert names(server.folder / "outbox") == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "file:stranger"}, "does not let us in"),
        ({"key": "", "password": "env:NO_PASSWORD"}, "PARITY_SECRET_NO_PASSWORD"),
        ({"key": "file:nothing"}, "not readable"),
        ({"key": "file:sshd_config"}, "no OpenSSH or PEM key"),
        ({"host_key": "ssh-ed25519 nonsense"}, "known_hosts"),
        ({"host_key": ""}, "known_hosts"),
        ({"host_key": "ssh-unheard-of AAAA"}, "known_hosts"),
    ],
    ids=[
        "key the server does not know",
        "password not set",
        "key without file",
        "key that is none",
        "host key that is none",
        "host key empty",
        "host key of an unknown kind",
    ],
)
def test_who_is_not_let_in_is_told_what_to_look_at(
    data: Sftp, server: SshServer, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(NotTrusted, match=words):
        changed(data, server, **changes).test()


def test_folder_that_is_not_there_is_told(data: Sftp, server: SshServer) -> None:
    with pytest.raises(NotTaken, match="look at inbox, outbox"):
        changed(data, server, outbox="/nowhere").stage("a", FILE)


def test_server_that_is_away_is_not_reached(data: Sftp, server: SshServer) -> None:
    with pytest.raises(NotReached):
        changed(data, server, port=1).test()


def test_claim_leaves_and_its_answer_arrives(data: Sftp, server: SshServer, tmp_path: Path) -> None:
    with open_practice(f"sqlite:///{tmp_path / 'p.db'}", tmp_path) as practice:
        shutil.copytree(server.folder, tmp_path / "secrets")
        partner = replace(CASCADE, transport=data)
        practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, partner))
        id = practice.claim("CASE1")
        practice.submit(id)
        practice.work()
        assert names(server.folder / "outbox") == ["cascade-000000001.837"]
        (server.folder / "inbox" / "one.835").write_bytes(remit(PAID, "92.5"))
        assert practice.poll() == 1
        assert practice.state(id) == "paid"
        assert names(server.folder / "inbox") == []
