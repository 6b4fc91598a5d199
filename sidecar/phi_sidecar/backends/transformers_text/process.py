"""How torch and the libraries around it behave in the worker's process."""

import os


def prepare_process() -> None:
    """Keep the libraries off the network and idle threads asleep. Only before they are imported.

    OpenVINO has threads of its own: those of torch that spin for the next bit of work take the
    processor from them, and from everybody else. On two cores that were shared with other programs
    a chunk of 64 tokens took 0.1 to 0.3 s with sleeping threads, and 0.5 to 7 s with spinning ones.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ["HF_HUB_OFFLINE"] = "1"
