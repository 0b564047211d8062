"""The demonstration practice: small, synthetic, created through the public interfaces."""
