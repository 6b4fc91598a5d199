"""From a conversation to what the model is asked; pure."""
