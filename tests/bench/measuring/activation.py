"""How long the extension takes to activate, as the editor measures it."""

import json
import shutil
import subprocess
from pathlib import Path

from measuring.figures import Aim, Section, repeated

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "tests" / "vscode" / "activation.mjs"

TIMEOUT_S = 150
AIM_MS = 50.0

TITLE = "Extension activation, as the editor measures it"
AIM = "extension activation"


def measure_activation(vsix: Path | None) -> Section:
    """Have the built extension activated in a real editor, in fresh windows."""
    package = vsix or newest_package()
    if package is None:
        return _missing("no .vsix is built; run 'npm run package' first")
    node = shutil.which("node")
    if node is None:
        return _missing("Node.js is not in PATH")
    try:
        done = subprocess.run(
            [node, str(SCRIPT), "--vsix", str(package)],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _missing(f"the editor took more than {TIMEOUT_S} s")
    if done.returncode:
        complaint = done.stderr.strip().splitlines()
        return _missing(complaint[0] if complaint else f"exit code {done.returncode}")
    values = json.loads(done.stdout.splitlines()[-1])["activationMs"]
    figure = repeated("code loading and activate()", values)
    return Section(
        "activation", TITLE, [figure], [Aim(AIM, figure.middle, AIM_MS, "ms")], note=package.name
    )


def newest_package() -> Path | None:
    """Return the package that was built last, if there is one."""
    found = [*ROOT.glob("*.vsix"), *(ROOT / "dist").glob("*.vsix")]
    return max(found, key=lambda file: file.stat().st_mtime, default=None)


def _missing(why: str) -> Section:
    return Section("activation", TITLE, aims=[Aim(AIM, None, AIM_MS, "ms")], missing=why)
