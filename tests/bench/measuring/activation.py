"""How long the extension takes to activate, as the editor measures it."""

from pathlib import Path

from measuring.figures import Aim, Section, repeated
from measuring.node import ROOT, NotMeasured, measured_by

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
    try:
        measured = measured_by(
            SCRIPT, "--vsix", str(package), who="the editor", timeout_s=TIMEOUT_S
        )
    except NotMeasured as error:
        return _missing(str(error))
    figure = repeated("code loading and activate()", measured["activationMs"])
    return Section(
        "activation", TITLE, [figure], [Aim(AIM, figure.middle, AIM_MS, "ms")], note=package.name
    )


def newest_package() -> Path | None:
    """Return the package that was built last, if there is one."""
    found = [*ROOT.glob("*.vsix"), *(ROOT / "dist").glob("*.vsix")]
    return max(found, key=lambda file: file.stat().st_mtime, default=None)


def _missing(why: str) -> Section:
    return Section("activation", TITLE, aims=[Aim(AIM, None, AIM_MS, "ms")], missing=why)
