"""Where interchanges leave and arrive."""
