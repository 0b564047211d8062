"""Whom we trust over TLS, and the certificate we show."""

import ssl
from tempfile import NamedTemporaryFile

from fhir_server.model.transport import Https
from fhir_server.settings import SettingError, Settings
from fhir_server.transport.failure import NotTrusted


def tls_context(data: Https, settings: Settings) -> ssl.SSLContext:
    """Return the context of connections to a partner's server. Raises NotTrusted."""
    try:
        known = secret(data.authority, settings).decode("ascii") if data.authority else None
        context = ssl.create_default_context(cadata=known)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if data.certificate:
            _show(context, data, settings)
    except (ssl.SSLError, ValueError):
        raise NotTrusted("a certificate or key of the partner's transport is no PEM") from None
    return context


def _show(context: ssl.SSLContext, data: Https, settings: Settings) -> None:
    """Load our certificate; ssl takes it from a file only, so it is one for a moment."""
    with NamedTemporaryFile() as file:
        file.write(secret(data.certificate, settings) + b"\n")
        if data.key:
            file.write(secret(data.key, settings) + b"\n")
        file.flush()
        context.load_cert_chain(file.name)


def secret(reference: str, settings: Settings) -> bytes:
    """Return what a credential refers to. Raises NotTrusted, which names the reference."""
    try:
        return settings.secret(reference)
    except SettingError as error:
        raise NotTrusted(str(error)) from None
