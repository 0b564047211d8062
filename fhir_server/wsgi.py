"""The WSGI entry for a server of one's own: `gunicorn fhir_server.wsgi:application`.

The address such a server binds to is not known here, so authentication cannot be off.
"""

from fhir_server.app import create_app
from fhir_server.settings import SettingError, Settings

settings = Settings.load()
if not settings.auth:
    raise SettingError("PARITY_AUTH=off is allowed only with `parity web` on a loopback address")
application = create_app(settings)
