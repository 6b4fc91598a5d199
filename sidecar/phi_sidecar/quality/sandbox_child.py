"""Run one program from stdin within limits; say the token only if it came to its end.

A script of the sandbox; nothing imports it. It needs no platform's isolation: what the interpreter
does is either of a kind known to be harmless or refused, by an audit hook that nothing can remove.
"""

import io
import json
import os
import sys

HARMLESS = frozenset(
    {
        "array.__new__", "builtins.id", "code.__new__", "compile", "exec", "function.__new__",
        "gc.get_referents", "import", "marshal.load", "marshal.loads", "object.__delattr__",
        "object.__getattr__", "object.__setattr__", "sys._getframe", "sys._getframemodulename",
        "sys.excepthook", "sys.unraisablehook", "time.sleep",
    }
)  # fmt: skip

REFUSED_MODULES = frozenset(
    {
        "_ctypes", "_posixshmem", "_posixsubprocess", "_socket", "_winapi", "ctypes", "fcntl",
        "mmap", "msvcrt", "multiprocessing", "nt", "resource", "signal", "socket", "subprocess",
        "winreg",
    }
)  # fmt: skip

READING = frozenset({"open", "os.listdir", "os.scandir"})


def main() -> None:
    """Read, limit, run, tell."""
    told = json.load(sys.stdin)
    limit(told["cpu_s"], told["memory_bytes"])
    answers = os.dup(1)
    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = io.StringIO()
    code = compile(told["program"], "program", "exec")
    libraries = tuple(os.path.realpath(path) + os.sep for path in sys.path if path)
    sys.addaudithook(lambda event, what: watch(event, what, libraries))
    exec(code, {"__name__": "program"})  # noqa: S102 - this is what the process is for
    os.write(answers, told["token"].encode())
    # Without what the program may have left to be done at the end.
    os._exit(0)


def limit(cpu_s: int, memory_bytes: int) -> None:
    """Have the kernel end what takes too much, where it can be told."""
    try:
        import resource
    except ImportError:
        return
    for name, most in {
        "RLIMIT_AS": memory_bytes,
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": cpu_s,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NPROC": 0,
    }.items():
        # A hard limit above the soft one, or the signal would be the one that tells no reason.
        resource.setrlimit(getattr(resource, name), (most, most + (name == "RLIMIT_CPU")))


def watch(event: str, what: tuple[object, ...], libraries: tuple[str, ...]) -> None:
    """Refuse whatever is not known to be harmless."""
    if event == "import":
        if str(what[0]).partition(".")[0] in REFUSED_MODULES:
            raise PermissionError(event)
    elif event in READING:
        if not is_library(event, what, libraries):
            raise PermissionError(event)
    elif event not in HARMLESS:
        raise PermissionError(event)


def is_library(event: str, what: tuple[object, ...], libraries: tuple[str, ...]) -> bool:
    """Tell whether what is read is Python's own."""
    path = what[0]
    flags = what[2] if event == "open" else None
    changes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    writes = isinstance(flags, int) and bool(flags & changes)
    if writes or not isinstance(path, str):
        return False
    # Without the file system, which is asked under this very watch.
    return (os.path.abspath(path) + os.sep).startswith(libraries)  # noqa: PTH100


if __name__ == "__main__":
    main()
