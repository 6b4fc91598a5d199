"""The table of subjects: no backend is left out."""

from phi_sidecar.accelerators.registry import load_backends


def test_every_backend_that_runs_a_model_has_the_whole_suite(subjects):
    whole = {subject.backend for subject in subjects if subject.scripted and subject.layout}
    backends = load_backends()
    assert not backends.broken
    needing = {id for id, known in backends.registered.items() if known.backend.needs_model}
    assert needing == whole


def test_a_subject_runs_in_its_backends_environment(subjects):
    for subject in subjects:
        backend = load_backends().registered[subject.backend].backend
        assert backend.environment == subject.environment
        assert subject.device.partition(".")[0] in {kind.device for kind in backend.devices}
