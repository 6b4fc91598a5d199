"""The sidecar starts, and names every backend, without importing any runtime."""

import subprocess
import sys

PROGRAM = """
import sys
from importlib.metadata import entry_points

RUNTIMES = {
    "intel_npu_acceleration_library", "numpy", "onnxruntime", "onnxruntime_genai", "openvino",
    "openvino_genai", "openvino_tokenizers", "optimum", "torch", "transformers",
}


class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in RUNTIMES:
            raise AssertionError(f"the sidecar imported {name}")


sys.meta_path.insert(0, Refuse())
import phi_sidecar.cli
import phi_sidecar.lsp.handlers
import phi_sidecar.lsp.serving

backends = [entry.load()().id for entry in entry_points(group="phi_sidecar.backends")]
print(*sorted(backends))
"""


def test_the_sidecar_and_its_backends_load_without_a_runtime():
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, encoding="utf-8"
    )
    assert ended.returncode == 0, ended.stderr
    assert {"echo", "openvino-genai"} <= set(ended.stdout.split())
