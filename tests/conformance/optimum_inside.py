"""Looks at a model of Optimum Intel's from inside; `asked.py` runs it."""

from pathlib import Path

import asked

LONG = " ".join(f"line {n % 7}" for n in range(200))
FULL_PRECISION = {"INFERENCE_PRECISION_HINT": "f32", "KV_CACHE_PRECISION": "f32"}


def load(model, cache, device):
    from phi_sidecar.backends.openvino_optimum import OpenVinoOptimum

    return asked.load(
        OpenVinoOptimum(),
        model,
        device=device,
        quantization="fp16",
        cache=cache,
        options=FULL_PRECISION,
    )


def write(model, text):
    return asked.answer(model, text, tokens=8)


def compiled(model, cache, device):
    loaded = load(model, cache, device)
    inside = loaded._parts.network._request.get_compiled_model()
    return {
        "text": write(loaded, LONG).text,
        "fromCache": bool(inside.get_property("LOADED_FROM_CACHE")),
        "blobs": len(list(Path(cache).glob("*.blob"))),
        "hint": str(inside.get_property("PERFORMANCE_HINT")).rpartition(".")[2],
        "streams": str(inside.get_property("NUM_STREAMS")),
        "devices": list(inside.get_property("EXECUTION_DEVICES")),
    }


def state(model, cache, device):
    from phi_sidecar.backends.openvino_optimum import network as inside

    loaded = load(model, cache, device)
    network = loaded._parts.network
    most, inside.MOST_CHUNK_TOKENS = inside.MOST_CHUNK_TOKENS, 32
    chunks, feed, rewind = [], network.feed, network.rewind
    after_the_cut = []

    def watched_feed(ids):
        chunks.append(len(ids))
        feed(ids)

    def watched_rewind(tokens):
        rewind(tokens)
        if tokens:
            states = network._request.query_state()
            after_the_cut.append({state.state.shape[2] for state in states})

    network.feed, network.rewind = watched_feed, watched_rewind
    write(loaded, LONG)
    inside.MOST_CHUNK_TOKENS = most
    of_the_first = list(chunks)
    again, common = write(loaded, f"{LONG} and on")
    fresh = load(model, cache, device)
    return {
        "chunkTokens": of_the_first,
        "tokensAfterTheCut": sorted(after_the_cut[-1]),
        "common": common,
        "again": again,
        "fresh": write(fresh, f"{LONG} and on").text,
    }


def refusing(model, cache, device):
    from phi_sidecar.backends.openvino_optimum import network

    expected = write(load(model, cache, device), LONG).text

    def refuse(*_):
        raise RuntimeError("set_state is not supported")

    cut, network._cut = network._cut, refuse
    try:
        loaded = load(model, cache, device)
    finally:
        network._cut = cut
    texts, cached = zip(*(write(loaded, LONG) for _ in range(2)), strict=True)
    return {
        "prefixReuse": loaded.capabilities.prefix_reuse,
        "expected": expected,
        "texts": texts,
        "cached": cached,
    }


def refused(model, cache, device):
    return asked.refusal(load, model, cache, device)


def elsewhere(model, cache, device):
    """As if a GPU were listed whose plugin then runs everything on the processor."""
    from phi_sidecar.backends.openvino_optimum import model as inside

    refuse, library = inside._refuse_unless_found, inside.OVModelForCausalLM

    class OnTheProcessor:
        @staticmethod
        def from_pretrained(folder, **options):
            return library.from_pretrained(folder, **{**options, "device": device})

    inside._refuse_unless_found, inside.OVModelForCausalLM = lambda _: None, OnTheProcessor
    try:
        return refused(model, cache, "GPU.0")
    finally:
        inside._refuse_unless_found, inside.OVModelForCausalLM = refuse, library


def probe(*_):
    from phi_sidecar.backends.openvino_optimum import OpenVinoOptimum

    return {"devices": [device.device for device in OpenVinoOptimum().probe()]}
