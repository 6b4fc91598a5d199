"""How the pip that the sidecar carries is called."""

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.provision.interpreter import Command, clean_environ

_RETRIES = 4

# What a person may have set for their own use of pip, and would break ours.
_OURS_ALONE = {
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_NO_COLOR": "1",
    "PIP_QUIET": "0",
    "PIP_VERBOSE": "0",
}


# Holds a `setuptools` of our own, see there.
_STAND_IN = Path(__file__).resolve().parent / "stand_in"


def download_command(
    requirements: Path, folder: Path, scratch: Path, *, source: bool = False
) -> Command:
    """Say how to download wheels, with the index, proxy and certificate of the user's pip.

    pip's own cache stays out of it: what is downloaded is kept here until it is installed.
    With `source` the packages' source archives are fetched. pip asks the archive's build system
    for its metadata even then; a stand-in answers, and nothing of the archive is run.
    """
    env = clean_environ() | _OURS_ALONE
    env.pop("PIP_PYTHON", None)
    form = ["--only-binary=:all:"]
    if source:
        env["PYTHONPATH"] = str(_STAND_IN)
        form = ["--no-binary=:all:", "--no-build-isolation"]
    # pip fetches into the temporary folder first: ours, so that it can be swept after a kill.
    env |= {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    return Command(
        argv=(
            *_pip(),
            "download",
            "--no-cache-dir",
            "--no-deps",
            "--require-hashes",
            *form,
            "--progress-bar=raw",
            # Only a retried connection is told of; with more, a person offline waits for the news.
            f"--retries={_RETRIES}",
            f"--dest={folder}",
            f"--requirement={requirements}",
        ),
        env=env,
    )


def install_command(requirements: Path, wheels: Sequence[Path], python: Path) -> Command:
    """Say how to install the wheels of some folders into another Python's environment.

    Nothing is fetched, so the user's pip configuration has no say: a `target` or `user` in it
    would put the packages elsewhere.
    """
    env = {key: value for key, value in clean_environ().items() if not key.startswith("PIP_")}
    env |= _OURS_ALONE | {"PIP_CONFIG_FILE": os.devnull}
    return Command(
        argv=(
            *_pip(),
            f"--python={python}",
            "install",
            "--no-index",
            *(f"--find-links={folder}" for folder in wheels),
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:",
            "--no-cache-dir",
            # The first import compiles what is used; compiling all doubles the time of the install.
            "--no-compile",
            "--no-warn-script-location",
            f"--requirement={requirements}",
        ),
        env=env,
    )


def _pip() -> tuple[str, ...]:
    spec = find_spec("pip")
    if spec is None or spec.origin is None:
        raise PreparationFailed(
            "The sidecar's copy of pip is missing, so nothing can be installed.",
            remedy="Install Phi Sidecar again.",
        )
    # The folder runs as a program, wherever the sidecar's packages lie.
    return (sys.executable, str(Path(spec.origin).parent))
