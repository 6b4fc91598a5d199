"""Looks at the graph and the blocks of paged attention; `asked.py` runs it."""

# ruff: noqa: TID253 (it runs where the runtime is)
import shutil
from pathlib import Path

import numpy as np
import openvino as ov
from openvino import opset13 as ops


def refused(model, folder, how):
    """What is said of a model that was changed in some way before it was given to us."""
    from phi_sidecar.backends.openvino_genai.paged_graph import NotPageable, paged_graph

    folder = Path(folder, how)
    shutil.copytree(model, folder)
    graph = ov.Core().read_model(Path(model, "openvino_model.xml"))
    changed = {"counting": counting, "scaled": scaled}[how](graph)
    for file in folder.glob("openvino_model.*"):
        file.unlink()
    ov.save_model(changed, folder / "openvino_model.xml")
    try:
        paged_graph(folder)
    except NotPageable as error:
        return str(error)
    return None


def counting(graph):
    """Count steps beside the keys and values."""
    (result,) = graph.get_results()
    name, one = "steps", ops.constant(np.ones((1, 1), np.float32))
    steps = ops.read_value(ops.constant(np.zeros((1, 1), np.float32)), name, ov.Type.f32, [1, 1])
    logits = ops.add(result.input_value(0), steps)
    logits.output(0).set_names({"logits"})
    counted = ops.assign(ops.add(steps, one), name)
    sinks = [*graph.get_sinks(), counted]
    return ov.Model([ops.result(logits)], sinks, graph.get_parameters(), "counting")


def scaled(graph):
    """Multiply a number by the logits, in this order."""
    (result,) = graph.get_results()
    logits = ops.multiply(ops.constant(np.float32(2)), result.input_value(0))
    logits.output(0).set_names({"logits"})
    return ov.Model([ops.result(logits)], graph.get_sinks(), graph.get_parameters(), "scaled")


def off_in_a_copy(model, precision):
    """How far logits are off behind tokens whose block was copied, and how large they are."""
    from phi_sidecar.backends.batching.parts import Stretch
    from phi_sidecar.backends.openvino_genai.paged_network import PagedNetwork

    options = {"KV_CACHE_PRECISION": precision}
    network = PagedNetwork(Path(model), "CPU", options, blocks=8)
    ids = [5 + 7 * n % 100 for n in range(30)]
    network.compute([Stretch(ids, 0, [3], 1)])
    network.copy(3, 5)
    there, copied = (
        network.compute([Stretch([11, 12], 30, [block], 1)]).copy() for block in (3, 5)
    )
    return [float(np.abs(there - copied).max()), float(np.abs(there).max())]
