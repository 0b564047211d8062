"""Public FHIR clients drive the running server, as their users do."""
