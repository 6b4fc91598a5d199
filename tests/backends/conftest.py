import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from phi_sidecar.engine.installation import user_installation
from phi_sidecar.provision import bootstrap
from phi_sidecar.provision.interpreter import clean_environ

HERE = Path(__file__).parent
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

    def tokens(self, id):
        return sum(event["tokens"] for event in self.of(id, "Piece"))

    def reason(self, id):
        (finished,) = self.of(id, "Finished")
        return finished["reason"]

    def accepted(self, id):
        (accepted,) = self.of(id, "Accepted")
        return accepted


class Driver:
    """A process in the runtime's environment, which holds one model."""

    def __init__(self, python, folder):
        self._folder = folder
        self._process = subprocess.Popen(
            [str(python), "-I", "-X", "utf8", str(HERE / "drive.py"), bootstrap.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=clean_environ(),
            cwd=folder,
        )

    def probe(self):
        return self._ask({"do": "probe"})

    def load(self, model, device="CPU", **more):
        return self._ask(
            {
                "do": "load",
                "model": str(model),
                "device": device,
                "cache": str(self._folder),
                **more,
            }
        )

    def play(self, *requests, cancel=()):
        return Played(self._ask({"do": "play", "requests": requests, "cancel": cancel}))

    def count(self, *prompts):
        return self._ask({"do": "count", "prompts": prompts})

    def close(self):
        self._process.stdin.close()
        self._process.wait(30)
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
        assert line, f"the process ended with {self._process.poll()}"
        return json.loads(line)


@pytest.fixture(scope="session")
def openvino_python(provisioned):
    return user_installation().environments.python("openvino")


@pytest.fixture(scope="session")
def starter(provisioned):
    installation = user_installation()
    return installation.models.find(installation.catalog.models["starter"])


@pytest.fixture(scope="module")
def open_driver(openvino_python, tmp_path_factory):
    drivers = []

    def open_():
        driver = Driver(openvino_python, tmp_path_factory.mktemp("driver"))
        drivers.append(driver)
        return driver

    yield open_
    for driver in drivers:
        driver.close()


@pytest.fixture(scope="session")
def static_ir(openvino_python, starter, tmp_path_factory):
    """The starter as a graph that the NPU's compiler takes."""
    work = tmp_path_factory.mktemp("ir")
    gguf = work / "starter.gguf"
    try:
        os.link(starter, gguf)
    except OSError:
        shutil.copy(starter, gguf)
    subprocess.run(
        [str(openvino_python), "-I", str(HERE / "static_ir.py"), str(gguf), str(work / "made")],
        check=True,
        env=clean_environ(),
        timeout=300,
    )
    yield work / "made"
    shutil.rmtree(work)
