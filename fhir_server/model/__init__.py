"""The FHIR resource as data: JSON with exact decimals, dates, requests and responses."""
