"""Which runtimes' environments the tests do without on this machine.

    .venv/bin/python tests/runtimes.py

Prints them as JSON, with why. In CI there are none: what cannot be made is a failure there.
"""

import json
import os
import subprocess
import sys

from phi_sidecar.engine.installation import user_installation
from phi_sidecar.provision.environments import Environments
from phi_sidecar.provision.interpreter import clean_environ
from phi_sidecar.provision.plan import Pin

ANSWER_TIMEOUT_S = 120


def why_left_out(environments: Environments, name: str) -> str | None:
    """Say why an environment cannot be made here; None where it is there, can be, or must be."""
    if os.environ.get("CI") or environments.python(name) is not None:
        return None
    if obstacle := environments.obstacle(name):
        return f"{obstacle} {obstacle.remedy}"
    if any(not pip_finds(pin) for pin in environments.plan(name).pins if _is_cpu_build(pin)):
        return environments.describe(name).note
    return None


def left_out(environments: Environments) -> dict[str, str]:
    """Return every environment that cannot be made here, with why."""
    reasons = {name: why_left_out(environments, name) for name in environments.names}
    return {name: reason for name, reason in reasons.items() if reason is not None}


def pip_finds(pin: Pin) -> bool:
    """Ask whether the person's pip knows a version, by the indexes' lists; nothing is fetched.

    True as well where it does not answer: the attempt to make the environment then tells why.
    """
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", pin.name, "--json", "--no-input"],
        env=clean_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=ANSWER_TIMEOUT_S,
        check=False,
    )
    return asked.returncode != 0 or pin.version in json.loads(asked.stdout)["versions"]


def _is_cpu_build(pin: Pin) -> bool:
    """Tell a build that is on PyTorch's own index alone."""
    return pin.version.endswith("+cpu")


if __name__ == "__main__":
    print(json.dumps(left_out(user_installation().environments)))
