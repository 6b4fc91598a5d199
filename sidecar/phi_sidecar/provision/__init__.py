"""The runtime environments: what they need and how they are made."""
