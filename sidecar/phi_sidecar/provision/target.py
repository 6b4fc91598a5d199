"""The Python and the machine that environments are made for."""

import sys
import sysconfig
from functools import cache

from packaging.markers import default_environment
from packaging.tags import sys_tags

from phi_sidecar.provision.plan import Target


@cache
def this_machine() -> Target:
    """Describe the Python that runs this, which is also the environments'."""
    return Target(
        markers={key: str(value) for key, value in default_environment().items()},
        tags=tuple(sys_tags()),
        tag=python_tag(),
        platform=sysconfig.get_platform(),
    )


def python_tag() -> str:
    """Return this Python's implementation and version, such as `cpython-3.11`."""
    version = sys.version_info
    return f"{sys.implementation.name}-{version.major}.{version.minor}"
