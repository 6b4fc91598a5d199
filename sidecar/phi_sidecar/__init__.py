"""Phi Sidecar: a private code assistant that runs on the accelerator you choose."""

__version__ = "0.1.0"
