"""Code lists: what we say of codes in our own words, and lists a site loads from its files."""
