"""The addresses a listener opens: one for each feed that has a port, and its own.

Certificates and keys are read anew each time, so that one that was renewed on disk is used from
the next look on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fhir_server.model.feed import FeedRecord, Listen
from fhir_server.settings import SettingError, Settings
from hl7.endpoint import BadEndpoint, Endpoint, Limits, Tls


@dataclass(frozen=True, slots=True)
class Wanted:
    """The endpoints to be open, by feed, and why others cannot be opened."""

    endpoints: Mapping[str, Endpoint]
    faults: Mapping[str, str]


def wanted(records: Iterable[FeedRecord], settings: Settings) -> Wanted:
    """Return what the feeds ask to be listened on; a feed in error keeps no other from it."""
    endpoints: dict[str, Endpoint] = {}
    faults: dict[str, str] = {}
    for record in records:
        if record.listen is None:
            continue
        try:
            endpoints[record.id] = endpoint_of(record.id, record.listen, settings)
        except (BadEndpoint, SettingError) as error:
            faults[record.id] = str(error)
    return Wanted(endpoints, faults)


def endpoint_of(feed: str, listen: Listen, settings: Settings) -> Endpoint:
    """Return the endpoint of a feed. Raises BadEndpoint or SettingError, telling the remedy."""
    tls = None
    if listen.certificate:
        references = (listen.certificate, listen.key, listen.authority)
        tls = Tls(*(settings.secret(one) if one else b"" for one in references))
    endpoint = Endpoint(
        feed,
        listen.host,
        listen.port,
        release=2 if listen.release2 else 1,
        limits=Limits(
            message_bytes=listen.message_bytes,
            header_seconds=listen.header_seconds,
            frame_seconds=listen.frame_seconds,
            idle_seconds=listen.idle_seconds,
            connections=listen.connections,
        ),
        networks=listen.allow,
        tls=tls,
        pins=listen.pins,
        plain=listen.plain,
    )
    endpoint.judge()
    return endpoint


def own_endpoint(settings: Settings, host: str, port: int) -> Endpoint:
    """Return the listener's own address, by the settings: the header tells the feed there."""
    limits = Limits(
        message_bytes=settings.mllp_message_limit,
        frame_seconds=settings.mllp_frame_timeout,
        idle_seconds=settings.mllp_idle_timeout,
        connections=settings.mllp_connections,
    )
    return Endpoint("", host, port, limits=limits, plain=settings.mllp_plain)
