"""/metrics for Prometheus: jobs, exchanges and the circuits of partners; no token, no patients.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4).
"""

from collections.abc import Iterator, Mapping

import flask

from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import circuits, exchanges, jobs, partners
from fhir_server.store.reader import Reader

TEXT = "text/plain; version=0.0.4; charset=utf-8"


def metrics_blueprint(runtime: Runtime) -> flask.Blueprint:
    """Return /metrics."""
    page = flask.Blueprint("metrics", __name__)

    @page.get("/metrics", provide_automatic_options=False)
    def metrics() -> flask.Response:
        with runtime.store.read(Context(runtime.settings.tenant)) as reader:
            body = "".join(f"{line}\n" for line in lines(reader, runtime))
        return flask.Response(body, content_type=TEXT)

    return page


def lines(reader: Reader, runtime: Runtime) -> Iterator[str]:
    """Yield the lines of the exposition."""
    yield "# TYPE parity_jobs gauge"
    for state, count in sorted(jobs.counts(reader).items()):
        yield _line("parity_jobs", {"state": state}, count)
    yield "# TYPE parity_exchanges gauge"
    for (protocol, direction, state), count in sorted(exchanges.counts(reader).items()):
        labels = {"protocol": protocol, "direction": direction, "state": state}
        yield _line("parity_exchanges", labels, count)
    now = runtime.clock()
    tried = circuits.all_circuits(reader)
    yield "# TYPE parity_partner_failures gauge"
    known = [one.id for one in partners.all_partners(reader)]
    for id in known:
        failures = tried[id].failures if id in tried else 0
        yield _line("parity_partner_failures", {"partner": id}, failures)
    yield "# TYPE parity_partner_circuit_open gauge"
    for id in known:
        is_open = id in tried and tried[id].is_open(now)
        yield _line("parity_partner_circuit_open", {"partner": id}, int(is_open))


def _line(name: str, labels: Mapping[str, str], value: int) -> str:
    """Return one sample; ids and states hold no character that needs escaping but these."""
    told = ",".join(f'{key}="{text.translate(ESCAPES)}"' for key, text in labels.items())
    return f"{name}{{{told}}} {value}"


ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
