"""What a conversion is doing, read from what its tool prints. Pure."""

import re
from dataclasses import dataclass

from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.progress import Report

_LAYER = re.compile(r"Reading layer (\d+)")
_BEGUN = (
    ("Statistics of the bitwidth distribution", "rounding the weights"),
    ("Applying Weight Compression", "writing the result"),
    ("Reading LM head", "the last layer"),
    ("Saving ONNX model", "writing the result"),
)
"""What the tools print when something else begins."""


@dataclass(frozen=True)
class Stages:
    """Hears a tool's lines and tells the steps that they show.

    Attributes:
        what: the conversion, as the beginning of a sentence.
        layers: how many the model has.
    """

    what: str
    layers: int
    report: Report

    def begin(self) -> None:
        """Tell the first step, which no tool announces."""
        self._tell("reading the model")

    def hear(self, line: str) -> None:
        """Take in a line of standard output."""
        if layer := _LAYER.search(line):
            self._tell(f"layer {int(layer[1]) + 1} of {self.layers}")
            return
        for mark, step in _BEGUN:
            if mark in line:
                self._tell(step)
                return

    def _tell(self, step: str) -> None:
        self.report(StepProgress(step=f"{self.what}: {step}"))
