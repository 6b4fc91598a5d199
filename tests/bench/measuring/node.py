"""A measurement in Node: a script whose last line says what it measured, as JSON."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


class NotMeasured(Exception):
    """A script measured nothing; the message says why."""


def measured_by(script: Path, *arguments: str, who: str, timeout_s: float) -> dict[str, Any]:
    """Return what a script says that it measured.

    Args:
        script: what Node runs.
        arguments: for the script.
        who: what takes its time, as the beginning of a sentence.
        timeout_s: how long it may take.

    Raises:
        NotMeasured: there is no Node, or the script failed or took too long.
    """
    node = shutil.which("node")
    if node is None:
        raise NotMeasured("Node.js is not in PATH")
    try:
        done = subprocess.run(
            [node, str(script), *arguments],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotMeasured(f"{who} took more than {timeout_s:g} s") from error
    if done.returncode:
        complaint = done.stderr.strip().splitlines()
        raise NotMeasured(complaint[0] if complaint else f"exit code {done.returncode}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured
