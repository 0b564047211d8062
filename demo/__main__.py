"""`make run`: the demonstration practice, created through the public interfaces, served here.

The first run creates the database, prints the administrator's credentials once and loads the
practice; later runs keep what is there. Stops at Ctrl-C.
"""

import json
import os
import signal
import string
import subprocess
import sys
import textwrap
import time
import urllib.request
from datetime import UTC, date, datetime
from pathlib import Path

from demo.lab import results
from demo.practice import practice
from demo.roster import PAYERS, VISITS, Payer
from fhir_server.cli.process import refuse_taken_port
from fhir_server.client import Client
from fhir_server.settings import SettingError, Settings
from hl7.client import MllpClient

PORT = int(os.environ.get("PORT", "8080"))
MLLP_PORT = int(os.environ.get("MLLP_PORT", "2575"))
PAYER_PORT = int(os.environ.get("PAYER_PORT", "8091"))
BASE = f"http://127.0.0.1:{PORT}"
PARITY = [sys.executable, "-m", "fhir_server"]
READY_SECONDS = 60
ANSWER_SECONDS = 60
ANSWERED = ("paid", "partly-paid", "denied", "rejected")


def main() -> None:
    """Start the server, load the practice when it is new, and stay up."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    refuse_taken_ports()  # before credentials are made, which are told once
    made = subprocess.run([*PARITY, "init", "--json"], check=True, capture_output=True)
    credentials: dict[str, str] = json.loads(made.stdout)
    command = [*PARITY, "serve", "--port", str(PORT), "--mllp-port", str(MLLP_PORT)]
    server = subprocess.Popen(command)
    payers = start_payers()
    try:
        await_ready(server)
        if credentials:
            load(credentials)
        tell(credentials)
        server.wait()
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
    finally:
        for process in (server, *payers):
            process.terminate()
        for process in (server, *payers):
            process.wait()


def refuse_taken_ports() -> None:
    """End when another server listens where the practice is to be served."""
    for port in (PORT, MLLP_PORT, *map(payer_port, PAYERS)):
        try:
            refuse_taken_port("127.0.0.1", port)
        except SettingError:
            raise SystemExit(f"Port {port} is in use: stop what listens there first.") from None


def await_ready(server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; end when it cannot start."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{BASE}/readyz"):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The server did not start; is port {PORT} or {MLLP_PORT} in use?")


def start_payers() -> list[subprocess.Popen[bytes]]:
    """Start the payers, each a process of its own with an HTTP port."""
    return [
        subprocess.Popen([sys.executable, "-m", "demo.payer", "--http", str(payer_port(payer))])
        for payer in PAYERS
    ]


def payer_port(payer: Payer) -> int:
    """Return the port a payer listens on."""
    return PAYER_PORT + [one.id for one in PAYERS].index(payer.id)


def partner(payer: Payer) -> bytes:
    """Return a payer as a trading partner for `/api/partners`."""
    return json.dumps(
        {
            "name": payer.name,
            "own": {"id": "HARBORBH", "name": "Harbor Behavioral Health"},
            "other": {"id": payer.payer_id, "name": payer.name},
            "payer_ids": [payer.payer_id],
            "usage": "T",
            "transport": {
                "kind": "https",
                "deliver": f"http://127.0.0.1:{payer_port(payer)}/deliver",
                "collect": f"http://127.0.0.1:{payer_port(payer)}/collect",
                "ask": f"http://127.0.0.1:{payer_port(payer)}/ask",
                "poll_seconds": 1,
            },
        }
    ).encode()


def load(credentials: dict[str, str]) -> None:
    """Create partners, the practice, its claims' journey and its lab results."""
    print("Loading the demonstration practice ...", flush=True)
    today = datetime.now(UTC).date()
    with Client(BASE, credentials["client_id"], credentials["client_secret"]) as parity:
        for payer in PAYERS:
            path = f"/api/partners/{payer.id}"
            parity.request("PUT", path, partner(payer), media_type="application/json")
        parity.transaction(practice(today))
        submitted = [row.id for row in VISITS if row.plan == "submit"]
        for claim in submitted:
            parity.fhir("POST", f"Claim/{claim}/$submit")
        send_results(today)
        await_answers(parity, len(submitted))


def send_results(today: date) -> None:
    """Send the laboratory's results over MLLP."""
    with MllpClient("127.0.0.1", MLLP_PORT) as laboratory:
        for message in results(today):
            receipt, _ = laboratory.send(message)
            if not receipt.accepted:
                raise SystemExit(f"A result was not taken: {receipt.code} {receipt.text}")


def await_answers(parity: Client, count: int) -> None:
    """Wait until the payers have answered every claim."""
    query = f"Claim?state={','.join(ANSWERED)}&_summary=count"
    end = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < end:
        if parity.fhir("GET", query)["total"] == count:
            return
        time.sleep(0.3)
    raise SystemExit("The payers did not answer every claim in time; see the log above.")


def tell(credentials: dict[str, str]) -> None:
    """Print where everything is and, while the credentials can be shown, a tour to paste."""
    print(f"""
Parity is up.

  page     {BASE}/
  FHIR     {BASE}/fhir
  HL7 v2   mllp://127.0.0.1:{MLLP_PORT}
  data     {Path(Settings.load().data_dir).resolve()}
""")
    if credentials:
        print(f"""  client   {credentials["client_id"]}
  secret   {credentials["client_secret"]}   (shown only now)

A tour, to paste into another terminal in this folder:

{textwrap.indent(tour(credentials), "  ")}""")
    else:
        print("The credentials were shown at the first run; parity client add NAME makes others.")
    print("Ctrl-C stops it; the data stay.", flush=True)


def tour(credentials: dict[str, str]) -> str:
    """Return the commands of the tour: claims, one claim's interchange, a result, leaving."""
    commands = Path(__file__).with_name("tour.sh").read_text(encoding="utf-8")
    values = {
        "BASE": BASE,
        "MLLP": f"127.0.0.1:{MLLP_PORT}",
        "CLIENT_ID": credentials["client_id"],
        "CLIENT_SECRET": credentials["client_secret"],
    }
    return string.Template(commands).safe_substitute(values)


if __name__ == "__main__":
    main()
