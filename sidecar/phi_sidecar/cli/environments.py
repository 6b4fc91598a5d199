"""What `phi-sidecar environments` does."""

import argparse

from phi_sidecar.cli import print_json
from phi_sidecar.cli.progress import Bar
from phi_sidecar.engine.installation import Installation
from phi_sidecar.provision.disk import megabytes
from phi_sidecar.provision.environments import EnvironmentRow, EnvironmentState
from phi_sidecar.provision.plan import Form


def list_environments(installation: Installation, args: argparse.Namespace) -> int:
    """Print every runtime's environment with what there is of it."""
    environments = installation.environments
    rows = [environments.describe(name) for name in environments.names]
    if args.json:
        print_json([_entry(row) for row in rows])
        return 0
    for row in rows:
        print(f"{row.name:10} {row.state:8} {_size(row):>32}  {row.title}")
        if row.obstacle is not None:
            print(f"    {row.obstacle} {row.remedy}")
        if row.older_bytes:
            size = megabytes(row.older_bytes)
            print(f"    {size} of it are of other versions; 'environments remove' frees them too")
    return 0


def show_plan(installation: Installation, args: argparse.Namespace) -> int:
    """Print what would be fetched and how much room it takes."""
    row = installation.environments.describe(args.name)
    if args.json:
        print_json(_entry(row))
        return 0
    print(f"{row.name}: {row.title}; it is {row.state}.")
    for pin in row.packages:
        size = "size not known" if pin.bytes is None else f"{pin.bytes / 1e6:.1f} MB"
        built = ", built here" if pin.form is Form.SOURCE else ""
        print(f"  {pin.name} {pin.version} ({size}{built})")
    download = "not known" if row.download_bytes is None else megabytes(row.download_bytes)
    print(f"{len(row.packages)} packages. Download: {download}.", end=" ")
    print(f"On disk: about {megabytes(row.install_bytes)}; now {megabytes(row.bytes_on_disk)}.")
    print("".join(f"{line}\n" for line in (row.note, row.obstacle, row.remedy) if line), end="")
    return 0


async def prepare_environment(installation: Installation, args: argparse.Namespace) -> int:
    """Make or repair an environment; one that is there is started to see that it works."""
    environments = installation.environments
    with Bar() as bar:
        if environments.state(args.name) is EnvironmentState.READY:
            await environments.verify(args.name)
        python = await environments.prepare(args.name, bar.report)
    if args.json:
        print_json({"name": args.name, "python": str(python)})
    return 0


async def remove_environment(installation: Installation, args: argparse.Namespace) -> int:
    """Delete an environment and what was downloaded for it."""
    freed = await installation.environments.remove(args.name)
    if args.json:
        print_json({"name": args.name, "removed": True, "bytesFreed": freed})
    return 0


def _size(row: EnvironmentRow) -> str:
    if row.state is EnvironmentState.READY:
        return f"{megabytes(row.bytes_on_disk)} on disk"
    if row.download_bytes is None:
        return ""
    return f"{megabytes(row.download_bytes)} to download"


def _entry(row: EnvironmentRow) -> dict[str, object]:
    return {
        "name": row.name,
        "title": row.title,
        "state": row.state,
        "packages": [
            {"name": pin.name, "version": pin.version, "bytes": pin.bytes, "form": pin.form}
            for pin in row.packages
        ],
        "downloadBytes": row.download_bytes,
        "installBytes": row.install_bytes,
        "bytesOnDisk": row.bytes_on_disk,
        "olderBytes": row.older_bytes,
        "obstacle": row.obstacle,
        "remedy": row.remedy,
        "note": row.note,
    }
