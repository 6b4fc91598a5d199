"""What each command does, but for `serve`."""

import argparse
import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from pygls.uris import to_fs_path

from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.cli import INTERRUPTED, print_json
from phi_sidecar.cli.doctor import print_examination
from phi_sidecar.cli.environments import (
    list_environments,
    prepare_environment,
    remove_environment,
    show_plan,
)
from phi_sidecar.cli.measure import measure, measure_accelerators, table
from phi_sidecar.cli.model_making import convert_model, import_model
from phi_sidecar.cli.models import list_models, prepare_model, remove_model, verify_models
from phi_sidecar.cli.progress import Bar
from phi_sidecar.cli.quality import bench_quality, misuse_of
from phi_sidecar.cli.source_file import BadPlace, read_attachment, read_cursor, utf16_units
from phi_sidecar.completion.exclusion import rule_against
from phi_sidecar.engine.chat import Chat, Question
from phi_sidecar.engine.completion import Completer
from phi_sidecar.engine.engine import Engine
from phi_sidecar.engine.ignore_files import IgnoreFiles
from phi_sidecar.engine.installation import Installation, user_installation
from phi_sidecar.errors import NotReady
from phi_sidecar.generated import protocol as p
from phi_sidecar.rpc import silence_pygls
from phi_sidecar.wire import unstructure


async def run(args: argparse.Namespace) -> int:
    """Run one command; returns the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    silence_pygls()
    installation = user_installation()
    match args.command, getattr(args, "action", None):
        case "complete", _:
            return await _complete(installation, args)
        case "chat", _:
            return await _chat(installation, args)
        case "bench", _:
            return await _bench(installation, args)
        case "accelerators", "list":
            return await _list_accelerators(installation, args)
        case "accelerators", "measure":
            return await measure_accelerators(installation, _selection(installation, args), args)
        case "models", "list":
            return await list_models(installation, args)
        case "models", "prepare":
            return await prepare_model(installation, args)
        case "models", "verify":
            return await verify_models(installation, args)
        case "models", "convert":
            return await convert_model(installation, args)
        case "models", "import":
            return await import_model(installation, args)
        case "models", "remove":
            return await remove_model(installation, args)
        case "environments", "list":
            return list_environments(installation, args)
        case "environments", "plan":
            return show_plan(installation, args)
        case "environments", "prepare":
            return await prepare_environment(installation, args)
        case "environments", "remove":
            return await remove_environment(installation, args)
        case "doctor", _:
            return await print_examination(installation, as_json=args.json)
        case _:
            raise AssertionError(args.command)


async def _complete(installation: Installation, args: argparse.Namespace) -> int:
    file: Path = args.file
    try:
        cursor = read_cursor(file, args.line, args.column)
    except BadPlace as error:
        print(f"phi-sidecar: {error}", file=sys.stderr)
        return 1
    async with _engine(installation, args) as engine:
        completion = await Completer(engine).complete(
            cursor,
            IgnoreFiles().rules_for(Path(cursor.document.path)),
            invoked=True,
            is_current=lambda: True,
        )
        active = engine.active
    if not args.json:
        print(completion.text)
        if completion.detail:
            print(f"phi-sidecar: {completion.detail}", file=sys.stderr)
        return 0
    metrics = completion.result.metrics if completion.result else None
    column = utf16_units(cursor.before.rpartition("\n")[2]) + 1
    start = {"line": args.line, "column": column}
    replaced = utf16_units(cursor.after[: completion.replace_after])
    end = {"line": args.line, "column": column + replaced}
    print_json(
        {
            "text": completion.text,
            "range": {"start": start, "end": end},
            "outcome": completion.outcome,
            "detail": completion.detail,
            "finishReason": completion.result.finish_reason if completion.result else None,
            "accelerator": active.selection.accelerator,
            "model": unstructure(active.info),
            "promptTokens": metrics.prompt_tokens if metrics else None,
            "cachedTokens": metrics.cached_tokens if metrics else None,
            "completionTokens": metrics.completion_tokens if metrics else None,
            "ttftMs": metrics.ttft_ms if metrics else None,
            "totalMs": metrics.total_ms if metrics else None,
        }
    )
    return 0


async def _chat(installation: Installation, args: argparse.Namespace) -> int:
    def show(chunk: p.TextChunk) -> None:
        if not args.json:
            print(chunk.text, end="", flush=True)

    try:
        attachments = [read_attachment(place) for place in args.file]
    except BadPlace as error:
        print(f"phi-sidecar: {error}", file=sys.stderr)
        return 1
    message = p.ConversationMessage(
        role=p.Role.user,
        content=args.prompt,
        command=p.SlashCommand(args.slash_command) if args.slash_command else None,
        attachments=attachments,
    )
    question = Question(
        messages=[message],
        sampling=p.Sampling(max_new_tokens=args.max_new_tokens, temperature=args.temperature),
        rule_against=_rule_against_file,
        system_prompt=args.system,
    )
    async with _engine(installation, args) as engine:
        result = await Chat(engine).answer(question, show)
    code = INTERRUPTED if result.finish_reason is p.FinishReason.cancelled else 0
    if args.json:
        print_json(unstructure(result))
        return code
    print()
    # Stopped before it was asked, it tells nothing of what would have been read.
    for attachment, fit in zip(attachments, result.attachments, strict=False):
        if fit.kept_tokens < fit.tokens:
            told = f"of {attachment.label}, {fit.kept_tokens} of {fit.tokens} tokens were read"
            print(f"phi-sidecar: {told}", file=sys.stderr)
    return code


def _rule_against_file(uri: str) -> str | None:
    path = to_fs_path(uri) or uri
    return rule_against([path], ignore_rules=IgnoreFiles().rules_for(Path(path)))


async def _bench(installation: Installation, args: argparse.Namespace) -> int:
    if (wrong := misuse_of(args)) is not None:
        print(f"phi-sidecar: {wrong}", file=sys.stderr)
        return 1
    async with _engine(installation, args) as engine:
        if args.quality:
            return await bench_quality(installation, engine, args)
        measured = await measure(engine)
    if args.json:
        print_json(measured)
    else:
        print(table(measured))
    return 0


async def _list_accelerators(installation: Installation, args: argparse.Namespace) -> int:
    selected = _selection(installation, args)
    rows = await installation.accelerators(selected.accelerator, selected)
    if args.json:
        print_json([unstructure(row) for row in rows])
        return 0
    for row in rows:
        mark = "*" if row.active else " "
        state = "usable" if row.usable else "not usable"
        if row.usable and not row.runtime_installed:
            state = "usable once set up"
        state += ", recommended" if row.recommended else ""
        speed = f", {row.tokens_per_second:.0f} tokens/s" if row.tokens_per_second else ""
        print(f"{mark} {row.id:22} {row.name:24} {state}{speed}")
        about = (row.device_name, row.reason, row.remedy, row.remedy_url)
        if said := " ".join(text for text in about if text):
            print(f"    {said}")
    return 0


@contextlib.asynccontextmanager
async def _engine(installation: Installation, args: argparse.Namespace) -> AsyncIterator[Engine]:
    """Bring up what the arguments or the user selected, showing what takes long."""
    selection = _selection(installation, args)
    with Bar() as bar:

        def show(status: p.Status) -> None:
            if status.progress is not None:
                bar.report(status.progress)

        engine = Engine(installation, show)
        engine.start(selection)
        try:
            await engine.ready()
        except asyncio.CancelledError:
            engine.cancel_preparation()
            raise
    status = engine.status
    if status.phase is not p.Phase.ready:
        raise NotReady(status.reason or "No model answers.", remedy=status.remedy)
    try:
        yield engine
    finally:
        await engine.close()


def _selection(installation: Installation, args: argparse.Namespace) -> Selection:
    """Return the selection, but for what the arguments say."""
    kept = installation.selection.read().selection
    changed = args.accelerator or args.model
    selection = Selection(
        accelerator=args.accelerator or kept.accelerator,
        model=args.model or kept.model,
        quantization=args.quantization or (None if changed else kept.quantization),
    )
    installation.backends.of(selection.accelerator)
    if args.model or args.quantization:
        installation.require_model(selection)
    return selection
