"""The compiler: R4 definition bundles to the compact tables of `profiles/base`.

Run `python -m profiles.compiler FOLDER` with the folder that holds the R4 4.0.1 definition bundles
(`profiles-types.json.gz` and so on, https://hl7.org/fhir/R4/downloads.html). The same input gives
the same bytes.
"""
