"""How well holes in code are filled, by the model that answers and on this machine."""
