import pytest

from hl7.endpoint import BadEndpoint, Endpoint, Tls
from hl7.trust import Certificate


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_plain_text_is_taken_on_loopback(host: str) -> None:
    Endpoint(host=host).judge()


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "::", "lab.example"])
def test_plain_text_elsewhere_must_be_wanted(host: str) -> None:
    with pytest.raises(BadEndpoint, match="plain text is taken on a loopback address only"):
        Endpoint(host=host).judge()
    Endpoint(host=host, plain=True).judge()
    Endpoint(host=host, tls=Tls(b"PEM")).judge()


def test_pins_need_an_authority_to_ask_for_certificates() -> None:
    with pytest.raises(BadEndpoint, match="need TLS with an authority"):
        Endpoint(tls=Tls(b"PEM"), pins=("CN=lab",)).judge()


def test_what_is_no_network_is_told() -> None:
    with pytest.raises(BadEndpoint, match=r"write networks as 10\.1\.0\.0/16"):
        Endpoint(networks=("ten",)).judge()


@pytest.mark.parametrize(
    ("networks", "host", "admitted"),
    [
        ((), "203.0.113.9", True),
        (("10.1.0.0/16",), "10.1.200.3", True),
        (("10.1.0.0/16",), "10.2.0.3", False),
        (("10.1.0.7",), "10.1.0.7", True),
        (("10.1.0.0/16",), "::ffff:10.1.0.1", True),
        (("fd00::/8",), "fd00::5%eth0", True),
        (("fd00::/8",), "not an address", False),
    ],
)
def test_networks_admit_addresses(networks: tuple[str, ...], host: str, admitted: bool) -> None:
    assert Endpoint(networks=networks).admits(host) is admitted


SHOWN = Certificate(
    ("O=Lab", "CN=lab.example"), ("DNS:lab.example", "DNS:mllp.lab.example"), "sha256:00ff"
)


@pytest.mark.parametrize(
    ("pins", "met"),
    [
        ((), True),
        (("CN=lab.example",), True),
        (("cn=LAB.example",), True),
        (("O=Lab",), True),
        (("DNS:mllp.lab.example",), True),
        (("SHA256:00:FF",), True),
        (("CN=other", "sha256:00ff"), True),
        (("CN=lab.example.evil",), False),
        (("lab.example",), False),
        (("sha256:",), False),
    ],
)
def test_pins_are_met_by_subject_name_or_fingerprint(pins: tuple[str, ...], met: bool) -> None:
    assert SHOWN.meets(pins) is met


def test_no_certificate_meets_no_pin() -> None:
    assert not Certificate().meets(("sha256:", "CN="))
    assert not Certificate().meets(("",))
