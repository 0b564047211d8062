"""What users of other servers complain of, where no other test shows that it is better here."""
