"""The FHIR server as a client meets it: a small practice, and what is asked of it over HTTP."""
