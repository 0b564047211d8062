"""HL7 v2 messages to FHIR R4 transaction Bundles, by tables in the shape of the v2-to-FHIR guide.

The guide: https://build.fhir.org/ig/HL7/v2-to-fhir/. Messages come in as any object with the
segments of `mappers.v2_fhir.source.SegmentText`; the tokenizer's fit.
"""
