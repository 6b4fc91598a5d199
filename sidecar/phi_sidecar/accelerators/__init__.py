"""What this machine has, and what of it can be used."""
