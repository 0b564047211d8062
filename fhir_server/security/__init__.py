"""Who may do what: scopes, principals, and later labels and consent; pure decisions."""
