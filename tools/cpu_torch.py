"""Make a lock's torch the CPU build on Linux, where the registry's own wheel is for CUDA.

Called by `npm run lock` as `python cpu_torch.py LOCK`, after uv has locked torch and the sizes are
recorded. On Windows and macOS the registry's wheels are CPU builds and stay; on Linux the pin
becomes `torch==VERSION+cpu`, which only an index with PyTorch's CPU wheels answers, so nothing else
can come in its place.
"""

import json
import re
import sys
from pathlib import Path

VERSION = "2.13.0"

# File name to (sha256, size in bytes), of PyTorch's CPU index. That of CPython 3.11 was hashed from
# the file; the others are what at least two public lock files and manifests say independently.
CPU_WHEELS = {
    f"torch-{VERSION}+cpu-cp311-cp311-manylinux_2_28_x86_64.whl": (
        "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
        191_794_682,
    ),
    f"torch-{VERSION}+cpu-cp312-cp312-manylinux_2_28_x86_64.whl": (
        "4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2",
        191_817_609,
    ),
    f"torch-{VERSION}+cpu-cp313-cp313-manylinux_2_28_x86_64.whl": (
        "3fbf9c9d1f3c10c2d59d04aca426dee9ccc6ceb32d255c61e93acc3b4f75fae6",
        191_815_667,
    ),
    f"torch-{VERSION}+cpu-cp314-cp314-manylinux_2_28_x86_64.whl": (
        "d20fa53ee744502fa4c69818a720b05ca0d37abd055d4f6e66cae155114bc691",
        191_822_516,
    ),
}

_ENTRY = re.compile(r"^torch==(\S+) \\\n((?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE)


def split_torch(lock: str) -> str:
    """Return the lock with one torch for Linux and one for the other systems."""

    def entries(match: re.Match[str]) -> str:
        if match[1] != VERSION:
            sys.exit(f"torch {match[1]} is locked, but tools/cpu_torch.py knows {VERSION}.")
        digests = sorted(digest for digest, _ in CPU_WHEELS.values())
        hashes = " \\\n".join(f"    --hash=sha256:{digest}" for digest in digests)
        return (
            f"torch=={VERSION} ; sys_platform != 'linux' \\\n{match[2]}"
            f"torch=={VERSION}+cpu ; sys_platform == 'linux' \\\n{hashes}\n"
        )

    return _ENTRY.sub(entries, lock)


def main() -> None:
    """Rewrite a lock and the sizes beside it; one without torch stays as it is."""
    lock = Path(sys.argv[1])
    before = lock.read_text(encoding="utf-8")
    after = split_torch(before)
    if after == before:
        return
    lock.write_text(after, encoding="utf-8", newline="\n")
    sizes_file = lock.with_suffix(".sizes.json")
    sizes = json.loads(sizes_file.read_text(encoding="utf-8"))
    kept = {
        name: size
        for name, size in sizes.items()
        if not (name.startswith("torch-") and "linux" in name)
    }
    kept |= {name: size for name, (_, size) in CPU_WHEELS.items()}
    text = json.dumps(dict(sorted(kept.items())), indent=1) + "\n"
    sizes_file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
