"""The FHIR R4 server: everything that stores, searches, judges, maps and serves."""
