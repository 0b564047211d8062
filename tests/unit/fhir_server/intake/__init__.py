"""What comes in from partners."""
