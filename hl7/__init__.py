"""HL7 v2 text: segments, acknowledgments and the MLLP transport. Knows no FHIR."""
