"""Prints what this machine has, as JSON."""

import json
import sys
from dataclasses import asdict

from phi_sidecar.machine.inventory import read_machine


def main() -> None:
    """Print it."""
    sys.stdout.write(json.dumps(asdict(read_machine()), indent=1) + "\n")


if __name__ == "__main__":
    main()
