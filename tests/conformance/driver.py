"""A process in a runtime's environment that holds models, and what it says of them."""

import json
import subprocess
import threading
from pathlib import Path

from phi_sidecar.provision import bootstrap
from phi_sidecar.provision.interpreter import clean_environ

DRIVE = Path(__file__).with_name("drive.py")
ANSWER_TIMEOUT_S = 180


class Played:
    """What a model did with a few requests."""

    def __init__(self, told):
        self.events = told["events"]
        self.idle = told["idle"]
        self.unfinished = told["unfinished"]

    def of(self, id, kind=None):
        return [e for e in self.events if e["id"] == id and kind in (None, e["kind"])]

    def text(self, id):
        return "".join(event["text"] for event in self.of(id, "Piece"))

    def shown(self, id):
        """What came before a stop string."""
        return "".join(event["shown"] for event in self.of(id, "Piece"))

    def tokens(self, id):
        return sum(event["tokens"] for event in self.of(id, "Piece"))

    def log_probs(self, id):
        """Of each piece that has a token."""
        return [event["log_prob"] for event in self.of(id, "Piece") if event["tokens"]]

    def reason(self, id):
        (finished,) = self.of(id, "Finished")
        return finished["reason"]

    def accepted(self, id):
        (accepted,) = self.of(id, "Accepted")
        return accepted

    def first_step(self, id, kind):
        return self.of(id, kind)[0]["step"]


class Driver:
    """A process in the runtime's environment, which holds models under names."""

    def __init__(self, python, target, folder):
        self._folder = folder
        self._process = subprocess.Popen(
            [str(python), "-I", "-X", "utf8", str(DRIVE), bootstrap.__file__, target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=clean_environ(),
            # Some libraries leave files where they are started.
            cwd=folder,
        )

    def probe(self):
        return self._ask({"do": "probe"})

    def load(self, model, device="CPU", *, name="model", quantization="q4_1", **more):
        """Load under a name; `more` are options, contextWindow."""
        defaults = {"contextWindow": 8192, "cache": str(self._folder / "cache"), "options": {}}
        order = {"do": "load", "as": name, "model": str(model), "device": device}
        return self._ask({**order, "quantization": quantization, **defaults, **more})

    def play(self, *requests, cancel=(), name="model"):
        """Have the requests done, from adding to the last event."""
        return Played(self._ask({"do": "play", "as": name, "requests": requests, "cancel": cancel}))

    def count(self, *prompts, name="model"):
        return self._ask({"do": "count", "as": name, "prompts": prompts})

    def unload(self, name="model"):
        self._ask({"do": "close", "as": name})

    def memory_bytes(self):
        return self._ask({"do": "memory"})

    @property
    def alive(self):
        return self._process.poll() is None

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        finally:
            self._process.stdout.close()

    def _ask(self, order):
        # A model that hangs fails its test, instead of all that come after it.
        limit = threading.Timer(ANSWER_TIMEOUT_S, self._process.kill)
        limit.start()
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        finally:
            limit.cancel()
        assert line, f"the process ended with {self._process.wait(10)}"
        return json.loads(line)
