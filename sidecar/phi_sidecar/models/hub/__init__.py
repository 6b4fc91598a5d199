"""Fetches models from a model hub.

The hub's client library works in a process of its own (`agent`): it can be ended at once, also in
the middle of a file or while a server says nothing, and the sidecar neither loads nor waits for it.
"""
