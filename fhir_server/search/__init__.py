"""FHIR search as a compiler: parameters -> Query -> SQL, and resource -> index rows."""
