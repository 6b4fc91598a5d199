"""Making a build of a model from its original."""
