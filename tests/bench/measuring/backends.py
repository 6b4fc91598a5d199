"""One table for every backend: the same weights, in each form, through the product's own worker."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.launcher import WorkerSpec
from phi_sidecar.engine.worker_client import WorkerClient
from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.generated import protocol as p
from phi_sidecar.progress import ignore

from measuring.figures import Section, Table
from measuring.worker import Run, Timed, generate

sys.path.insert(0, str(Path(__file__).parents[2] / "models"))

from build import BuildFailed, TestModels

PROMPT_TOKENS = (64, 512, 1024)
ANSWER_TOKENS = 48
REPEATS = 3
CONTEXT_WINDOW = 4096
KV_CACHE_BYTES = 1 << 30
TEXTS_BEFORE_CANCEL = 3
INTO_THE_PREFILL_S = 0.1
MEGABYTE = 1e6


@dataclass(frozen=True)
class Subject:
    """A backend with the model in one form.

    Attributes:
        form: of the Phi-3-layout test model, as `tests/models` calls it.
        options: what lets a pipeline for hardware that is not here run on the processor.
    """

    title: str
    accelerator: str
    form: str
    quantization: str
    options: Mapping[str, str] = field(default_factory=dict)


THROUGH_NPUW = {
    "NPU_USE_NPUW": "YES",
    "NPUW_DEVICES": "CPU",
    "NPUW_ONLINE_PIPELINE": "NONE",
    # The longest prompt below has a few tokens more than its name says.
    "MAX_PROMPT_LEN": "1152",
}
ON_THE_PROCESSOR = {"FALLBACK": "CPU"}

SUBJECTS = (
    Subject("OpenVINO GenAI, CPU", "openvino-genai/CPU", "openvino-int4", "int4"),
    Subject("OpenVINO GenAI, CPU", "openvino-genai/CPU", "openvino-int8", "int8"),
    Subject("OpenVINO GenAI, CPU", "openvino-genai/CPU", "openvino-fp16", "fp16"),
    Subject(
        "OpenVINO GenAI, the NPU's pipeline on the CPU",
        "openvino-genai/NPU",
        "openvino-int4-npu",
        "int4",
        THROUGH_NPUW,
    ),
    Subject("Optimum Intel, CPU", "openvino-optimum/CPU", "openvino-int4", "int4"),
    Subject("Optimum Intel, CPU", "openvino-optimum/CPU", "openvino-fp16", "fp16"),
    Subject("ONNX Runtime GenAI, CPU", "onnxruntime-genai/CPU", "onnx-int4-cpu", "int4"),
    Subject(
        "ONNX Runtime GenAI, the DirectML model on the CPU",
        "onnxruntime-genai/CPU",
        "onnx-int4-dml",
        "int4",
    ),
    *(
        Subject(
            "NPU Acceleration Library, falling back to the CPU",
            "intel-npu/NPU",
            "transformers",
            quantization,
            ON_THE_PROCESSOR,
        )
        for quantization in ("fp16", "int8", "int4")
    ),
)

COLUMNS = (
    "backend",
    "weights",
    "load, s",
    *(f"TTFT {tokens}: cold / cached, ms" for tokens in PROMPT_TOKENS),
    "TPOT, ms",
    "memory, MB",
    "cancel: answer / prompt, ms",
)

NOTE = (
    "A model of 135 million parameters in Phi-3's architecture, on the processor alone: no row"
    " here ran on a GPU or an NPU. Rows of hardware that is not here show that their code runs, not"
    " how fast the hardware is."
)


async def measure_backends(
    installation: Installation, source: str, tell: Callable[[str], None]
) -> Section:
    """Measure every backend, one after the other; one that fails says why in its row."""
    models = TestModels(installation)
    rows = []
    for number, subject in enumerate(SUBJECTS, 1):
        tell(f"backends: {number} of {len(SUBJECTS)}, {subject.accelerator} {subject.quantization}")
        try:
            model = await asyncio.to_thread(models.find, "phi3-layout", subject.form)
            async with _open(installation, subject, model) as active:
                rows.append(await _row(subject, active, source))
        except (PhiSidecarError, BuildFailed, TimeoutError, IndexError) as error:
            why = str(error) or type(error).__name__
            told = (subject.title, subject.quantization, f"did not run: {why}")
            rows.append((*told, *[""] * (len(COLUMNS) - len(told))))
    return Section("backends", "Every backend", tables=[Table(COLUMNS, rows)], note=NOTE)


@asynccontextmanager
async def _open(
    installation: Installation, subject: Subject, model: Path
) -> AsyncIterator[ActiveModel]:
    registered, device = installation.backends.of(subject.accelerator)
    environment = registered.backend.environment
    assert environment is not None
    spec = WorkerSpec(
        backend=registered.target,
        python=await installation.environments.prepare(environment, ignore),
        load=LoadSpec(
            model=model,
            device=device,
            quantization=subject.quantization,
            context_window=CONTEXT_WINDOW,
            cache=installation.paths.cache / "compiled" / registered.backend.id,
            kv_cache_bytes=KV_CACHE_BYTES,
            backend_options=dict(subject.options),
        ),
    )
    client = await WorkerClient.connect(spec, installation.paths)
    try:
        loaded = await client.load()
        selection = Selection(subject.accelerator)
        yield ActiveModel(selection, subject.title, None, client, loaded)
    finally:
        await client.leave()


async def _row(subject: Subject, active: ActiveModel, source: str) -> tuple[str, ...]:
    loaded = active.loaded
    first_tokens, per_token = [], []
    for tokens in PROMPT_TOKENS:
        cold, cached = [], []
        for repeat in range(REPEATS):
            text = await _prompt(active, source, tokens, repeat)
            first = await generate(active, text, ANSWER_TOKENS)
            again = await generate(active, text, 2)
            cold.append(first.ttft_ms)
            cached.append(again.ttft_ms)
            per_token += _tpot(first)
        reuses = loaded.capabilities.prefix_reuse
        second = f"{median(cached):.0f}" if reuses else "no reuse"
        first_tokens.append(f"{median(cold):.0f} / {second}")
    memory = (await active.client.status()).resident_bytes
    return (
        subject.title,
        subject.quantization,
        f"{(loaded.load_ms + loaded.warm_up_ms) / 1000:.1f}",
        *first_tokens,
        f"{median(per_token):.1f}",
        f"{memory / MEGABYTE:.0f}",
        await _cancels(active, source),
    )


async def _prompt(active: ActiveModel, source: str, tokens: int, number: int) -> str:
    """Return a prompt of so many tokens, or a few more, whose beginning no cache can know."""
    text = f"# Part {number:04} of {tokens:04}, {time.perf_counter_ns()}\n{source}"
    lines = (text + source).splitlines(keepends=True)
    low, high = 1, len(lines)
    while low < high:
        middle = (low + high) // 2
        prompt = p.RawPrompt(kind="raw", text="".join(lines[:middle]))
        (counted,) = await active.client.count_tokens([prompt])
        low, high = (middle + 1, high) if counted < tokens else (low, middle)
    return "".join(lines[:low])


async def _cancels(active: ActiveModel, source: str) -> str:
    answers, prompts = [], []
    in_prefill = active.loaded.capabilities.cancel_during_prefill
    for repeat in range(REPEATS):
        text = await _prompt(active, source, PROMPT_TOKENS[0], 100 + repeat)
        writing = Run(active, p.RawPrompt(kind="raw", text=text), 400)
        await writing.texts(TEXTS_BEFORE_CANCEL)
        answers.append(await _cancelled(writing))
        if in_prefill:
            text = await _prompt(active, source, PROMPT_TOKENS[-1], 200 + repeat)
            reading = Run(active, p.RawPrompt(kind="raw", text=text), 2)
            await asyncio.sleep(INTO_THE_PREFILL_S)
            prompts.append(await _cancelled(reading))
    return f"{median(answers):.0f} / " + (f"{median(prompts):.0f}" if in_prefill else "waits")


async def _cancelled(run: Run) -> float:
    """Return how long the end takes from now, in milliseconds."""
    began_s = time.perf_counter()
    run.generation.cancel()
    await run.generation.result()
    return (time.perf_counter() - began_s) * 1000


def _tpot(timed: Timed) -> list[float]:
    return [] if timed.tpot_ms is None else [timed.tpot_ms]
