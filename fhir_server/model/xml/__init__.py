"""FHIR XML: text to resource and back, driven by the elements of the definitions.

Source: https://hl7.org/fhir/R4/xml.html. A resource stays its JSON; XML is read into it and
written from it, values as they were spelled and narrative as it was marked up.
"""
