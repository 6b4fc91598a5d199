"""What is here, what works, and what to do about the rest: one examination, several forms."""
