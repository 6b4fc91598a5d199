"""Where Phi Sidecar keeps things: the platform's own folders, all of one user."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import platformdirs

APP = "phi-sidecar"


@dataclass(frozen=True)
class Paths:
    """The folders of one user; none need exist yet.

    Attributes:
        data: what must be kept: the selection, the environments.
        cache: what can be fetched again: models, downloaded packages.
        runtime: sockets, secrets and start locks; short-lived, readable by the user alone.
        logs: the sidecar's and the workers' logs; they never contain code.
    """

    data: Path
    cache: Path
    runtime: Path
    logs: Path

    @property
    def environments(self) -> Path:
        """One virtual environment per runtime."""
        return self.data / "environments"

    @property
    def models(self) -> Path:
        """One folder per model, with one per build in it."""
        return self.cache / "models"

    @property
    def downloads(self) -> Path:
        """Packages that were downloaded for something not yet finished."""
        return self.cache / "downloads"

    @property
    def selection(self) -> Path:
        """The accelerator and model that the user chose."""
        return self.data / "selection.json"

    @property
    def ways(self) -> Path:
        """In which way each model is asked for code, where that was chosen here."""
        return self.data / "ways.json"

    @property
    def speeds(self) -> Path:
        """How fast each accelerator last decoded."""
        return self.cache / "speeds.json"


def user_paths() -> Paths:
    """Return the folders of the user who runs this process."""
    dirs = platformdirs.PlatformDirs(APP, appauthor=False)
    with warnings.catch_warnings():
        # It warns where no session set a runtime folder; its fallback is the user's own as well.
        warnings.simplefilter("ignore")
        try:
            runtime = dirs.user_runtime_path
        except OSError:
            # Somebody else's folder lies where the fallback would be.
            runtime = dirs.user_data_path / "runtime"
    return Paths(
        data=dirs.user_data_path,
        cache=dirs.user_cache_path,
        runtime=runtime,
        logs=dirs.user_log_path,
    )
