"""The RESTful interactions of R4, one file each: a FhirRequest and the Runtime in, an answer out.

Source: https://hl7.org/fhir/R4/http.html.
"""
