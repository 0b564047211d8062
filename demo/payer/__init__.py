"""A payer for demonstration and tests: it answers the 837P files it finds, truthfully from them.

For each interchange: a 999 (judged by our reader), a 277CA for the claims of accepted sets, and an
835 for the claims it accepted. No part of the product; run it with `python -m demo.payer`.
"""
