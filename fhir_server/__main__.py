"""`python -m fhir_server` is the `parity` command."""

from fhir_server.cli import main

main()
