"""What is in this machine, asked of the system alone: no runtime is imported."""
