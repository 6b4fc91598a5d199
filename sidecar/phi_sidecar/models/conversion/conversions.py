"""How models are converted: which tool makes which form, with what options. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from phi_sidecar.models.catalog import Format
from phi_sidecar.models.conversion.architecture import Architecture

OPTIMUM = "optimum.commands.optimum_cli"
"""The module behind `optimum-cli`, whose own script Windows may not let run."""

BUILDER = "onnxruntime_genai.models.builder"
"""ONNX Runtime GenAI's model builder."""

PER_CHANNEL = -1
"""One scale for each whole row of a layer's weights."""

_MANY_PARAMETERS = 1_000_000_000
"""From here on OpenVINO's page on language models on the NPU advises one scale per channel."""


@dataclass(frozen=True)
class Groups:
    """How many weights share one scale when they are rounded to four bits.

    Attributes:
        sizes: the first that divides the model's rows is taken.
        last: what is taken where none does.
        big: what is taken for models of a billion parameters or more, if it is another.
    """

    sizes: tuple[int, ...]
    last: int
    big: int | None = None


@dataclass(frozen=True)
class Weights:
    """Bytes per parameter that a conversion comes to.

    The peaks were measured with the pinned tools on models of 134 and 604 million parameters: the
    slope between the two, rounded up, beside what the tools take by themselves
    (`conversion_needs.TOOL_BYTES`). Of memory it is what a program has to itself: the original's
    file, which is mapped, gives way when memory is short.

    Attributes:
        memory: at its peak.
        kept: of what is on disk meanwhile, beside the result.
        inner: of the result's layers.
        embedding: of the result's table from tokens to vectors.
    """

    memory: float
    kept: float
    inner: float
    embedding: float


@dataclass(frozen=True)
class Conversion:
    """One way to convert a model.

    Attributes:
        title: what it makes, for people, in the middle of a sentence.
        module: the tool: run with `python -m`.
        makes: the form of the result.
        quantization: of the result.
        accelerators: what can run the result: backend and kind of device, as `backend/KIND`.
        tried_on: the accelerator on which the result is tried before it is accepted.
        options: the tool's options but for the group size.
        groups: None where nothing is rounded to four bits.
    """

    name: str
    title: str
    module: str
    makes: Format
    quantization: str
    accelerators: tuple[str, ...]
    tried_on: str
    options: tuple[str, ...]
    weights: Weights
    groups: Groups | None = None


@dataclass(frozen=True)
class Command:
    """What to run in the conversion environment.

    Attributes:
        module: run with `python -m`.
        notes: where the model asked for another choice than usual, in sentences for people.
    """

    module: str
    args: tuple[str, ...]
    notes: tuple[str, ...] = ()


def command(
    conversion: Conversion, architecture: Architecture, source: Path, target: Path, work: Path
) -> Command:
    """Say how to convert a model.

    Args:
        conversion: one of `CONVERSIONS`.
        architecture: of the original.
        source: the original: config.json, safetensors and tokenizer.
        target: a folder for the result; may not exist yet.
        work: a folder for what is needed meanwhile.
    """
    group, notes = _group_size(conversion, architecture)
    if conversion.module == OPTIMUM:
        # Code that comes with a model is never run: `--trust-remote-code` is off by default.
        args = [
            "export",
            "openvino",
            f"--model={source}",
            "--task=text-generation-with-past",
            "--library=transformers",
            *conversion.options,
        ]
        if group is not None:
            args.append(f"--group-size={group}")
        return Command(OPTIMUM, (*args, str(target)), notes)
    # Here it is on by default: the builder would run a configuration_phi3.py beside the weights.
    extra = ["hf_remote=false", "hf_token=false"]
    if group is not None:
        extra.append(f"int4_block_size={group}")
    plain = [option for option in conversion.options if not option.startswith("int4_")]
    extra += [option for option in conversion.options if option.startswith("int4_")]
    places = [f"--input={source}", f"--output={target}", f"--cache_dir={work / 'builder'}"]
    return Command(BUILDER, (*places, *plain, "--extra_options", *extra), notes)


def _group_size(
    conversion: Conversion, architecture: Architecture
) -> tuple[int | None, tuple[str, ...]]:
    groups = conversion.groups
    if groups is None:
        return None, ()
    if groups.big is not None and architecture.parameters >= _MANY_PARAMETERS:
        return groups.big, ()
    for size in groups.sizes:
        if all(length % size == 0 for length in architecture.row_lengths):
            return size, _why(groups.sizes[0], size, architecture)
    return groups.last, _why(groups.sizes[0], groups.last, architecture)


def _why(usual: int, taken: int, architecture: Architecture) -> tuple[str, ...]:
    if taken == usual:
        return ()
    uneven = next(length for length in architecture.row_lengths if length % usual)
    instead = "one scale per channel is" if taken == PER_CHANNEL else f"groups of {taken} are"
    return (f"Groups of {usual} weights do not divide this model's {uneven}: {instead} used.",)


_OPENVINO = (
    "openvino-genai/CPU",
    "openvino-genai/GPU",
    "openvino-optimum/CPU",
    "openvino-optimum/GPU",
)
_OPENVINO_AND_NPU = (*_OPENVINO, "openvino-genai/NPU")


def _all() -> tuple[Conversion, ...]:
    return (
        Conversion(
            name="openvino-int4",
            title="OpenVINO INT4",
            module=OPTIMUM,
            makes=Format.OPENVINO,
            quantization="int4",
            accelerators=_OPENVINO,
            tried_on="openvino-genai/CPU",
            # The cookbook's: 60% of the layers in four bits, the more sensitive ones in eight.
            options=("--weight-format=int4", "--sym", "--ratio=0.6"),
            groups=Groups(sizes=(128, 64, 32), last=PER_CHANNEL),
            weights=Weights(memory=2.0, kept=2.1, inner=0.85, embedding=1.1),
        ),
        Conversion(
            name="openvino-int4-npu",
            title="OpenVINO INT4 for the NPU",
            module=OPTIMUM,
            makes=Format.OPENVINO,
            quantization="int4",
            accelerators=("openvino-genai/NPU", *_OPENVINO),
            tried_on="openvino-genai/CPU",
            # The NPU takes every layer in four bits, symmetric, in groups of 128 or per channel.
            options=("--weight-format=int4", "--sym", "--ratio=1.0"),
            groups=Groups(sizes=(128,), last=PER_CHANNEL, big=PER_CHANNEL),
            weights=Weights(memory=1.5, kept=2.1, inner=0.6, embedding=1.1),
        ),
        Conversion(
            name="openvino-int8",
            title="OpenVINO INT8",
            module=OPTIMUM,
            makes=Format.OPENVINO,
            quantization="int8",
            accelerators=_OPENVINO_AND_NPU,
            tried_on="openvino-genai/CPU",
            # Symmetric, so that the NPU can take it as well.
            options=("--weight-format=int8", "--sym"),
            weights=Weights(memory=1.3, kept=2.1, inner=1.1, embedding=1.1),
        ),
        Conversion(
            name="openvino-fp16",
            title="OpenVINO FP16",
            module=OPTIMUM,
            makes=Format.OPENVINO,
            quantization="fp16",
            accelerators=_OPENVINO_AND_NPU,
            tried_on="openvino-genai/CPU",
            options=("--weight-format=fp16",),
            weights=Weights(memory=2.0, kept=0.0, inner=2.0, embedding=2.0),
        ),
        Conversion(
            name="onnx-int4-cpu",
            title="ONNX INT4 for the CPU",
            module=BUILDER,
            makes=Format.ONNX,
            quantization="int4",
            accelerators=("onnxruntime-genai/CPU",),
            tried_on="onnxruntime-genai/CPU",
            # As Microsoft's own: blocks of 32, multiplied as 8-bit integers (accuracy level 4).
            # The last layer in eight bits: in four, the Phi-3-layout model's text fell apart.
            options=(
                "--precision=int4",
                "--execution_provider=cpu",
                "int4_accuracy_level=4",
                "int4_algo_config=rtn_last",
            ),
            groups=Groups(sizes=(32,), last=16),
            weights=Weights(memory=11.0, kept=0.0, inner=0.75, embedding=4.0),
        ),
        Conversion(
            name="onnx-int4-dml",
            title="ONNX INT4 for DirectML",
            module=BUILDER,
            makes=Format.ONNX,
            quantization="int4",
            accelerators=("onnxruntime-genai/DML",),
            tried_on="onnxruntime-genai/CPU",
            # As Microsoft's own: blocks of 128, multiplied in 16 bits.
            options=("--precision=int4", "--execution_provider=dml"),
            groups=Groups(sizes=(128, 64, 32), last=16),
            weights=Weights(memory=5.2, kept=0.0, inner=0.65, embedding=2.0),
        ),
        Conversion(
            name="onnx-fp16-dml",
            title="ONNX FP16 for DirectML",
            module=BUILDER,
            makes=Format.ONNX,
            quantization="fp16",
            accelerators=("onnxruntime-genai/DML",),
            tried_on="onnxruntime-genai/CPU",
            options=("--precision=fp16", "--execution_provider=dml"),
            weights=Weights(memory=5.2, kept=0.0, inner=2.0, embedding=2.0),
        ),
        Conversion(
            name="onnx-fp32-cpu",
            title="ONNX FP32 for the CPU",
            module=BUILDER,
            makes=Format.ONNX,
            quantization="fp32",
            accelerators=("onnxruntime-genai/CPU",),
            tried_on="onnxruntime-genai/CPU",
            # The whole precision, to compare others with; the builder has no FP16 for the CPU.
            options=("--precision=fp32", "--execution_provider=cpu"),
            weights=Weights(memory=5.2, kept=0.0, inner=4.0, embedding=4.0),
        ),
    )


CONVERSIONS: Mapping[str, Conversion] = MappingProxyType(
    {conversion.name: conversion for conversion in _all()}
)
"""Every known conversion, by name."""
