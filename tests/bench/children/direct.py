"""OpenVINO GenAI called directly, in the runtime's own environment; driven over stdin and stdout.

It takes a JSON object a line and answers each with one. It has nothing of the product in it.
"""

import argparse
import json
import os
import sys
import time

import openvino as ov  # noqa: TID253 (runs inside the runtime's environment)
import openvino_genai as ov_genai  # noqa: TID253

GIBIBYTES_OF_CACHE = 1


class Timestamps(ov_genai.StreamerBase):
    """Notes when each token came, and had become text."""

    def __init__(self, tokenizer):
        super().__init__()
        self.at_s = []
        self.tokenizer = tokenizer

    def write(self, tokens):
        """Take a token, or several at once."""
        ids = [tokens] if isinstance(tokens, int) else list(tokens)
        self.tokenizer.decode(ids)
        self.at_s += [time.perf_counter()] * len(ids)
        return ov_genai.StreamingStatus.RUNNING

    def end(self):
        """Have nothing held back to write."""


class Direct:
    """Both pipelines that the library offers, with prefix caching, and else as they are told.

    Each token is made text as it comes, as whoever streams an answer must; the library's own
    `TextStreamer` holds the latest tokens back, which would make its first text later.
    """

    def __init__(self, model, options):
        self.continuous = ov_genai.ContinuousBatchingPipeline(model, _scheduler(), "CPU", options)
        self.llm = ov_genai.LLMPipeline(model, "CPU", scheduler_config=_scheduler(), **options)
        self.tokenizer = self.continuous.get_tokenizer()
        self.requests = 0

    def trim(self, text, tokens):
        """Return the beginning of a text that has exactly so many tokens."""
        ids = self._encode(text).data[0].tolist()
        for extra in range(64):
            trimmed = self.tokenizer.decode(ids[: tokens + extra])
            for cut in range(len(trimmed), max(0, len(trimmed) - 64), -1):
                if self._encode(trimmed[:cut]).shape[1] == tokens:
                    return trimmed[:cut]
        raise ValueError(f"no beginning of the text has exactly {tokens} tokens")

    def generate(self, api, text, tokens):
        """Return when each token came, in milliseconds since the call."""
        config = ov_genai.GenerationConfig()
        config.max_new_tokens = tokens
        config.apply_chat_template = False
        began_s = time.perf_counter()
        at_s = self._llm(text, config) if api == "llm" else self._continuous(text, config)
        return [(at - began_s) * 1000 for at in at_s]

    def _llm(self, text, config):
        timestamps = Timestamps(self.tokenizer)
        self.llm.generate(text, config, timestamps)
        return timestamps.at_s

    def _continuous(self, text, config):
        self.requests += 1
        handle = self.continuous.add_request(self.requests, self._encode(text), config)
        at_s = []
        while self.continuous.has_non_finished_requests():
            self.continuous.step()
            while handle.can_read():
                for output in handle.read().values():
                    self.tokenizer.decode(output.generated_ids)
                    at_s += [time.perf_counter()] * len(output.generated_ids)
        return at_s

    def _encode(self, text):
        return self.tokenizer.encode(text).input_ids


def _scheduler():
    config = ov_genai.SchedulerConfig()
    config.cache_size = GIBIBYTES_OF_CACHE
    config.enable_prefix_caching = True
    return config


def main():
    """Answer until stdin ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("options", type=json.loads)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    direct = Direct(**vars(parser.parse_args()))

    def answer(value):
        print(json.dumps(value), file=answers, flush=True)

    answer(ov.get_version())
    for line in sys.stdin:
        question = json.loads(line)
        answer(getattr(direct, question.pop("do"))(**question))


if __name__ == "__main__":
    main()
