"""FHIR back to HL7 v2: the tables that read messages, read the other way round."""
