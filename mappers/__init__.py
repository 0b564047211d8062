"""Mappings as tables: X12, HL7 v2 and forms to and from FHIR. Pure functions."""
