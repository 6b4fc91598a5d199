"""How good completions are: holes cut from code, filled by the sidecar, judged."""
