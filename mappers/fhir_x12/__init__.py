"""FHIR and X12: one module a transaction set, its tables beside it. Pure; knows no server."""
