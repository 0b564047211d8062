"""The loopback payer as a process of its own, with a scenario, for a partner of a site."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fhir_server.model.resource import JsonObject
from tests.acceptance.site import Site, free_port


@contextmanager
def loopback(site: Site, id: str, payer_id: str, rules: list[JsonObject]) -> Iterator[None]:
    """Run the payer until the end of the block, configured as the partner `id` by the API."""
    port = free_port()
    scenario = site.folder / f"{id}.json"
    scenario.write_text(json.dumps({"rules": rules}))
    command = [sys.executable, "-m", "demo.payer", "--http", str(port), "--scenario", str(scenario)]
    base = f"http://127.0.0.1:{port}"
    partner = {
        "name": id.title(),
        "own": {"id": "HARBORBH", "name": "Harbor Behavioral Health"},
        "other": {"id": payer_id, "name": id.title()},
        "payer_ids": [payer_id],
        "filing_days": {"*": 180},
        "transport": {
            "kind": "https",
            "deliver": f"{base}/deliver",
            "collect": f"{base}/collect",
            "ask": f"{base}/ask",
            "poll_seconds": 1,
        },
    }
    folder = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=folder) as process:
        try:
            wait_for(f"{base}/collect")
            body = json.dumps(partner).encode()
            answer = site.request("PUT", f"/api/partners/{id}", body, media_type="application/json")
            assert answer.status == 200, answer.body
            yield
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    """Wait until the payer answers."""
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert time.monotonic() < end, "the payer does not start"
            time.sleep(0.1)
        else:
            return
