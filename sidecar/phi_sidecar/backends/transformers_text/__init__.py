"""What the backends on transformers have in common: tokens, their choice, a model's files."""
