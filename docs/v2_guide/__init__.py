"""The v2-to-FHIR guide as facts, and how much of it the maps of this project cover.

The facts (`*.csv`) are compiled from the guide's own tables, which are in the public domain
(CC0-1.0, https://github.com/HL7/v2-to-fhir, folder `mappings`): names of maps, addresses and
codes only.
"""
