"""Runs each subject in its runtime's environment, on models that are built once and kept."""

import importlib.util
import json
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from phi_sidecar.engine.installation import user_installation

HERE = Path(__file__).parent


def beside(name, folder=HERE):
    """Import a file of the tests; they are no package."""
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


AskedProcess = beside("asked_process").AskedProcess
Driver = beside("driver").Driver
SUBJECTS = beside("subjects").SUBJECTS
build = beside("build", HERE.parent / "models")
scripts = beside("scripts", HERE.parent / "models")

MODELS = {"tiny": "tiny-phi3", "scripted": "scripted-phi3", "layout": "phi3-layout"}
OPEN = pytest.StashKey()


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "of(predicate): only for the subjects of which the predicate is true"
    )
    config.stash[OPEN] = {}


def pytest_generate_tests(metafunc):
    if "subject" in metafunc.fixturenames:
        metafunc.parametrize(
            "subject", SUBJECTS, indirect=True, scope="session", ids=lambda subject: subject.name
        )


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """End the last subject's process with this folder: other suites count their processes."""
    if nextitem is None or HERE not in nextitem.path.parents:
        close_all(item.config.stash[OPEN])


def close_all(drivers):
    while drivers:
        drivers.popitem()[1].close()


def pytest_collection_modifyitems(config, items):
    kept, others = [], []
    for item in items:
        (kept if is_for_its_subject(item) else others).append(item)
    if others:
        items[:] = kept
        config.hook.pytest_deselected(items=others)


def is_for_its_subject(item):
    """Whether a test's subject has the models, and is of the kind, that the test is for."""
    subject = getattr(item, "callspec", None) and item.callspec.params.get("subject")
    if not subject or isinstance(subject, str):
        return True
    if any(subject.form(MODELS[name]) is None for name in MODELS if name in item.fixturenames):
        return False
    return all(mark.args[0](subject) for mark in item.iter_markers("of"))


@pytest.fixture(scope="session")
def find_model(environment_python):
    """Return a test model's folder, as `find_model("tiny-phi3", "openvino-fp16")`."""
    models = build.TestModels(user_installation())

    def find(*which):
        # It makes them all, and its version is in their names.
        environment_python("convert")
        return models.find(*which)

    return find


@pytest.fixture(scope="session")
def references(find_model):
    """What transformers itself writes with `tiny-phi3`."""
    return json.loads((find_model("tiny-phi3", "references") / "references.json").read_text())


@pytest.fixture(scope="session")
def rounded_references(subject, find_model, references):
    """The same with the weights that the subject has, unpacked, where they are rounded."""
    weights = subject.rounded or subject.tiny
    if weights not in build.ROUNDED:
        return references
    folder = find_model("tiny-phi3", f"{build.REFERENCES}-{weights}")
    return json.loads((folder / "references.json").read_text())


@pytest.fixture(scope="session")
def script():
    """What `scripted-phi3` writes."""
    return scripts


@pytest.fixture(scope="session")
def starter(provisioned):
    installation = user_installation()
    starter = installation.catalog.models["starter"]
    return installation.models.find(starter, starter.builds[0])


@pytest.fixture(scope="session")
def new_driver(environment_python, tmp_path_factory):
    """Start a process in the environment of a backend, by the name of its entry point."""

    def start(backend, environment):
        (target,) = (
            entry.value for entry in entry_points(group="phi_sidecar.backends", name=backend)
        )
        return Driver(environment_python(environment), target, tmp_path_factory.mktemp("driver"))

    return start


@pytest.fixture(scope="module")
def open_driver(new_driver):
    """Start processes that end with the file's tests; OpenVINO GenAI's unless told otherwise."""
    drivers = []

    def open_(backend="openvino-genai", environment="openvino"):
        drivers.append(new_driver(backend, environment))
        return drivers[-1]

    yield open_
    for driver in drivers:
        driver.close()


@pytest.fixture(scope="module")
def open_asked(environment_python, tmp_path_factory):
    """Start processes that are asked about a backend's inside; they end with the file's tests."""
    asked = []

    def open_(environment, questions):
        folder = tmp_path_factory.mktemp(questions)
        asked.append(AskedProcess(environment_python(environment), questions, folder))
        return asked[-1]

    yield open_
    for process in asked:
        process.close()


class Running:
    """A subject's process, and its models as far as they were asked for."""

    def __init__(self, subject, driver, find_model):
        self.subject = subject
        self.driver = driver
        self._find_model = find_model
        self.told = {}

    def model(self, model, name=None, **options):
        """Return a loaded model by name; `options` for the runtime go beside the subject's."""
        name = name or model
        if name not in self.told:
            folder = self._find_model(model, self.subject.form(model))
            self.told[name] = self.driver.load(
                folder,
                self.subject.device,
                name=name,
                quantization=self.subject.quantization,
                contextWindow=self.subject.context_window,
                options={**self.subject.options, **options},
            )
        assert "error" not in self.told[name], self.told[name]
        return Model(self.driver, name, self.told[name])

    def unload(self, name):
        self.told.pop(name)
        self.driver.unload(name)

    def unload_all(self):
        for name in [name for name, told in self.told.items() if "error" not in told]:
            self.unload(name)


class Model:
    """One model in a subject's process."""

    def __init__(self, driver, name, told):
        self._driver = driver
        self._name = name
        self.executing_device = told["executingDevice"]
        self.capabilities = told["capabilities"]

    def play(self, *requests, cancel=()):
        return self._driver.play(*requests, cancel=cancel, name=self._name)

    def count(self, *prompts):
        return self._driver.count(*prompts, name=self._name)

    def write(self, prompt, tokens=16, **more):
        """Return the text of one answer."""
        return self.play({"id": 1, "tokens": tokens, **prompt, **more}).text(1)


@pytest.fixture(scope="session")
def subjects():
    return SUBJECTS


@pytest.fixture(scope="session")
def subject(request):
    return request.param


@pytest.fixture(scope="session")
def running(subject, new_driver, find_model, pytestconfig):
    """A subject's process; one asked for its tokens alone goes on in the one before it."""
    drivers = pytestconfig.stash[OPEN]
    open_ = drivers.get(subject.backend)
    if open_ is None or not (open_.alive and subject.tokens_alone):
        close_all(drivers)
        drivers[subject.backend] = new_driver(subject.backend, subject.environment)
    running = Running(subject, drivers[subject.backend], find_model)
    yield running
    if running.driver in drivers.values() and running.driver.alive:
        running.unload_all()


@pytest.fixture
def tiny(running):
    """`tiny-phi3`, in the whole precision where the subject can."""
    return running.model("tiny-phi3", **running.subject.exact_options)


@pytest.fixture
def scripted(running):
    """`scripted-phi3`."""
    return running.model("scripted-phi3")


@pytest.fixture
def layout(running):
    """`phi3-layout`."""
    return running.model("phi3-layout")
