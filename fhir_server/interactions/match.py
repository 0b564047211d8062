"""Conditional criteria: the one resource a search names.

Source: https://hl7.org/fhir/R4/http.html#ccreate. Criteria are read strictly: a parameter that
is not known would match everything.
"""
