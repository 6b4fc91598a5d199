"""Provokes what is known to go wrong in the NPU library, one at a time; `asked.py` runs it."""

import json
from pathlib import Path

import asked

STORY = "once upon a time"


def load(model, cache, quantization, **options):
    from phi_sidecar.backends.intel_npu import IntelNpu

    return asked.load(
        IntelNpu(),
        model,
        device="NPU",
        quantization=quantization,
        cache=cache,
        options=options or {"FALLBACK": "CPU"},
    )


def write(model, text, tokens=4, id=1):
    return asked.answer(model, text, tokens=tokens, id=id).text


def network_of(model):
    return model._parts.network._model


def written(model, cache, quantization):
    """What it writes, and the files that lie about afterwards."""
    from phi_sidecar.backends.intel_npu import weights

    made, make = [], weights._made
    weights._made = lambda *asked: made.append(asked) or make(*asked)
    loaded = load(model, cache, quantization)
    weights._made = make
    return {
        "text": write(loaded, "The capital of France is", tokens=8),
        "made": bool(made),
        "kept": sorted(file.name for file in Path(cache).glob("quantized/*")),
        # As the library writes it by itself.
        "pickles": sorted(str(file) for file in Path(cache).rglob("*.pt")),
    }


def embeddings(model, cache, quantization):
    """How far the embedding table is from the one in the model's files."""
    from safetensors import safe_open

    loaded = network_of(load(model, cache, quantization))
    (file,) = Path(model).glob("*.safetensors")
    with safe_open(file, "pt") as tensors:
        original = tensors.get_tensor("model.embed_tokens.weight").float()
    table = loaded.get_input_embeddings().weight
    head = loaded.get_output_embeddings()
    return {
        "off": float((table - original).abs().max()),
        "head": type(head).__name__,
        "tied": json.loads((Path(model) / "config.json").read_text())["tie_word_embeddings"],
    }


def kernel_error(model, cache, quantization):
    """How far the library's quantized product is from torch's on what the weights stand for."""
    import torch
    from intel_npu_acceleration_library.nn.linear import QuantizedLinear
    from phi_sidecar.backends.intel_npu.network import _KERNELS
    from safetensors import safe_open

    loaded = network_of(load(model, cache, quantization))
    (file,) = Path(model).glob("*.safetensors")
    worst_kernel = worst_weights = 0.0
    torch.manual_seed(7)
    for name, layer in loaded.named_modules():
        if not isinstance(layer, QuantizedLinear):
            continue
        weights = dequantized(layer)
        given = torch.randn(64, layer.inC)
        # Kernels of its own for each: the library takes the next layer for the one that came next.
        with _KERNELS.of(layer), torch.inference_mode():
            said = layer(given)
        expected = given.half().float() @ weights.T
        worst_kernel = max(worst_kernel, float((said - expected).norm() / expected.norm()))
        with safe_open(file, "pt") as tensors:
            if f"{name}.weight" in tensors.keys():  # noqa: SIM118 (it is no mapping)
                original = tensors.get_tensor(f"{name}.weight").float()
                off = float((weights - original).norm() / original.norm())
                worst_weights = max(worst_weights, off)
    return {"kernel": worst_kernel, "weights": worst_weights}


def dequantized(layer):
    import torch

    # The layer's own scale is multiplied by this, and its kernel divides by it again.
    scale = layer.scale.float() / layer.inC**0.5
    if layer.weight.dtype == torch.int8:
        return layer.weight.float() * scale
    low = (layer.weight & 0x0F).to(torch.int8)
    high = (layer.weight >> 4).to(torch.int8)
    both = torch.stack((low, high), dim=2).reshape(layer.outC, layer.inC)
    return (both - (both >= 8).to(torch.int8) * 16).float() * scale


def failing_forward(model, cache, quantization):
    """An exception in the middle of a forward, and what is asked of the model after it."""
    from phi_sidecar.backends.sequential import ModelBroken

    loaded = load(model, cache, quantization)
    # Twice: from then on a thread loads the weights that are needed next.
    before = [write(loaded, STORY), write(loaded, STORY)]

    def fail(*_):
        raise ZeroDivisionError

    hook = network_of(loaded).model.layers[1].mlp.register_forward_pre_hook(fail)
    outcomes = []
    for id in (2, 3):
        try:
            write(loaded, f"{STORY} again", id=id)
        except ModelBroken:
            outcomes.append("broken")
        hook.remove()
    loaded.close()
    return {"before": before[0] == before[1], "outcomes": outcomes}


def many_lengths(model, cache, quantization):
    """How many sizes of batch the library compiled kernels for."""
    from intel_npu_acceleration_library.backend import runtime

    loaded = load(model, cache, quantization)
    for words in range(1, 200, 9):
        write(loaded, " ".join([str(words), *["word"] * words]), tokens=2)
    sizes = {int(key.split("_")[1]) for key in runtime._model_cache}
    loaded.close()
    return {"sizes": sorted(sizes), "afterClose": len(runtime._model_cache)}


def two_models(model, cache, quantization):
    """Two models in one process, turn by turn; the library's kernels know one only."""
    first = load(model, cache, quantization)
    second = load(model, cache, quantization)
    texts = [write(loaded, STORY) for _ in range(3) for loaded in (first, second)]
    second.close()
    texts.append(write(first, STORY))
    return {"different": len(set(texts))}


def where_it_writes(model, cache, quantization):
    """What is left in the folder that it was started in."""
    here = Path.cwd()
    write(load(model, cache, quantization), STORY)
    return {"here": names_in(here), "cache": names_in(cache)}


def names_in(folder):
    return sorted(entry.name for entry in Path(folder).iterdir())


def no_npu(model, cache, quantization):
    """Without the option, and by the probe."""
    from phi_sidecar.backends.intel_npu import IntelNpu
    from phi_sidecar.errors import AcceleratorUnusable

    devices = [device.device for device in IntelNpu().probe()]
    try:
        load(model, cache, quantization, FALLBACK="no")
    except AcceleratorUnusable as error:
        return {"devices": devices, "reason": str(error), "remedy": error.remedy}
    return {"devices": devices, "reason": None}


def with_driver(version):
    """As if there were an NPU with this driver; the library's own questions answer so."""
    from phi_sidecar.backends.intel_npu import IntelNpu, driver
    from phi_sidecar.errors import AcceleratorUnusable

    asked = driver.npu_available, driver.get_driver_version
    driver.npu_available, driver.get_driver_version = lambda: True, lambda: version
    try:
        (device,) = IntelNpu().probe()
        return {"name": device.full_name, "executing": driver.executing_device(fallback=False)}
    except AcceleratorUnusable as error:
        return {"reason": str(error), "remedy": error.remedy}
    finally:
        driver.npu_available, driver.get_driver_version = asked


def old_driver(*_):
    return with_driver(2407)


def new_driver(*_):
    return with_driver(2408)


def chat_tokens(model, cache, quantization):
    """How many tokens a chat of one word has."""
    from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, Role

    prompt = ChatPrompt(kind="chat", messages=[ChatMessage(role=Role.user, content="word")])
    return {"tokens": load(model, cache, quantization).count_tokens(prompt)}


def refused(model, cache, quantization):
    return asked.refusal(load, model, cache, quantization)
