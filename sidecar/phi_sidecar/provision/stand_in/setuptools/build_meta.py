"""Tell an archive's metadata from the file in which it says them itself."""

import shutil
from pathlib import Path


class _Backend:
    """What pip calls, of the interface of build systems (PEP 517); it starts in the archive."""

    @staticmethod
    def prepare_metadata_for_build_wheel(
        metadata_directory: str, config_settings: object = None
    ) -> str:
        """Write the metadata; return the folder's name."""
        folder = Path(metadata_directory) / "archive.dist-info"
        folder.mkdir()
        shutil.copyfile("PKG-INFO", folder / "METADATA")
        return folder.name


prepare_metadata_for_build_wheel = _Backend.prepare_metadata_for_build_wheel
# Under this name pip asks where the archive names no build system.
__legacy__ = _Backend
