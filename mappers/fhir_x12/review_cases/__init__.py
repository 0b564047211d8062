"""Reviews that come with the product, for the fidelity report: Bundles, and answers as X12."""
