"""Which runtimes' environments the tests do without on this machine.

    .venv/bin/python tests/runtimes.py

Prints them as JSON, with why. In CI there are none: what cannot be made is a failure there.
"""

import asyncio
import json
import os
import sys

from phi_sidecar.engine.installation import user_installation
from phi_sidecar.provision.environments import Environments
from phi_sidecar.provision.interpreter import clean_environ
from phi_sidecar.provision.plan import Pin
from phi_sidecar.provision.process import Ended, run

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


def pip_finds(pin: Pin, timeout_s: float = ANSWER_TIMEOUT_S) -> bool:
    """Ask whether the person's pip knows a version, by the indexes' lists; nothing is fetched.

    True as well where it fails: the attempt to make the environment then tells why.

    Raises:
        TimeoutError: pip did not come to an end.
    """
    asked = asyncio.run(_versions(pin.name, timeout_s))
    return asked.code != 0 or pin.version in json.loads("".join(asked.stdout))["versions"]


async def _versions(name: str, timeout_s: float) -> Ended:
    """Have pip list a package's versions; it ends with this, and so does what it started."""
    command = [sys.executable, "-m", "pip", "index", "versions", name, "--json", "--no-input"]
    try:
        async with asyncio.timeout(timeout_s):
            return await run(command, env=clean_environ())
    except TimeoutError as error:
        raise TimeoutError(
            f"pip did not say within {timeout_s:g} s which versions of {name} there are. "
            "See that its package index can be reached."
        ) from error


def _is_cpu_build(pin: Pin) -> bool:
    """Tell a build that is on PyTorch's own index alone."""
    return pin.version.endswith("+cpu")


if __name__ == "__main__":
    try:
        print(json.dumps(left_out(user_installation().environments)))
    except TimeoutError as silence:
        sys.exit(str(silence))
