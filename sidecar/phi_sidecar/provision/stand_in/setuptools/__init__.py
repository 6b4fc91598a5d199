"""Stands in for setuptools where pip asks a source archive for its metadata.

pip has no way to download a source archive without that question, and the archive's own answer
would be a program of its makers. Only ever found by the pip that downloads: see `pip_command.py`.
"""
