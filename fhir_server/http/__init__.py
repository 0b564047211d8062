"""HTTP at the edge: from a WSGI request to a FhirRequest, and from a FhirResponse back."""
