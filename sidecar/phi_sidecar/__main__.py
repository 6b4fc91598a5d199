"""`python -m phi_sidecar`: the same as the command `phi-sidecar`."""

from phi_sidecar.cli import main

main()
