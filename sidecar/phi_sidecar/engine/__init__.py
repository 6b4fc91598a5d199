"""The sidecar's side of the workers: starting, lanes, status."""
