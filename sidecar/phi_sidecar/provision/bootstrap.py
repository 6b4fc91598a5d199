"""Run a module of this package in a Python that does not have the package installed.

Started by its path. Putting the package's parent folder on `sys.path` would also reach whatever
lies beside it, and in a site-packages that is another Python's numpy.
"""

import importlib.util
import runpy
import sys
from pathlib import Path

PACKAGE = "phi_sidecar"


def reach_package() -> None:
    """Make the package importable, and nothing else of its parent folder."""
    root = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location(
        PACKAGE, root / "__init__.py", submodule_search_locations=[str(root)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    reach_package()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
