"""FHIR definitions as data, their loader and their compiler."""
