"""The process that speaks with a model hub: `python -m phi_sidecar.models.hub.agent JOB`.

It tells on its standard output how it goes, a line each, and ends when nobody listens any more.
"""

import os
import sys

from phi_sidecar.models.hub.job import Failed, Told, read_job, write_told


def main(line: str) -> int:
    """Do a job; returns the exit code."""
    try:
        from phi_sidecar.models.hub import reasons, work
    except ImportError as error:
        told: Told = Failed(
            f"the hub's client library is missing ({error.name})",
            "Install Phi Sidecar again; from a package index, as phi-sidecar[hub].",
        )
        return _end(told)
    job = read_job(line)
    try:
        told = work.do(job, _tell)
    except BrokenPipeError:
        # Whoever asked is gone.
        return 1
    except Exception as error:  # noqa: BLE001
        told = reasons.failed(job, error)
    return _end(told)


def _end(told: Told) -> int:
    _tell(told)
    return 1 if isinstance(told, Failed) else 0


def _tell(told: Told) -> None:
    sys.stdout.write(write_told(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    code = main(sys.argv[1])
    # Without waiting for a connection that says nothing.
    os._exit(code)
