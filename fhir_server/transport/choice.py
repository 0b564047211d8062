"""From a partner's data to the way it is reached."""

from dataclasses import dataclass, field

from fhir_server.model.partner import Directory, Https, Memory, Partner, Sftp
from fhir_server.settings import Settings
from fhir_server.transport.directory import DirectoryTransport
from fhir_server.transport.failure import NotReached
from fhir_server.transport.https import HttpsTransport
from fhir_server.transport.memory import MemoryTransport
from fhir_server.transport.port import Transport


@dataclass(frozen=True, slots=True)
class Transports:
    """The ways to the partners of an installation; `memory` are those within the process."""

    settings: Settings
    memory: dict[str, MemoryTransport] = field(default_factory=dict)

    def of(self, partner: Partner) -> Transport:
        """Return the transport of a partner. Nothing connects yet."""
        chosen = partner.transport
        match chosen:
            case Directory():
                path = self.settings.path
                return DirectoryTransport(path(chosen.inbox), path(chosen.outbox))
            case Https():
                return HttpsTransport(chosen, self.settings)
            case Sftp():
                from fhir_server.transport.sftp import (  # noqa: PLC0415  few partners are reached so
                    SftpTransport,
                )

                return SftpTransport(chosen, self.settings)
            case Memory():
                if chosen.name not in self.memory:
                    raise NotReached(f"no partner {chosen.name} is within this process")
                return self.memory[chosen.name]
