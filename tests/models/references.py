"""Runs where torch is: has transformers itself write with `tiny-phi3`, in full precision.

What it wrote is what every backend is compared with.
"""

# ruff: noqa: TID253 (it runs where the runtime is)
import json
import sys
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

ANSWER_TOKENS = 24

LEAST_MARGIN = 0.001
"""Where the two likeliest tokens are closer, the answer ends before them: there the order in which
a runtime adds could decide, though that moves a logit of this model by less than 0.00001."""

CANDIDATES = 400
"""How many of the likeliest words are noted with their logits."""

RAW = (
    "one two three",
    "The quick brown fox jumps over the lazy dog",
    "def add(a, b):\n    return",
    "  four spaces,    more\ttabs\n\n\nand lines\n",
    "naïve café, 日本語, 龘, \U0001f984 and \U0001f468\u200d\U0001f469\u200d\U0001f467.",
    "<|user|>\nWho?<|end|>\n<|assistant|>\n",
)
CHATS = (
    ("What is a list?", ""),
    ("  Ünïcode \U0001f600\n\nand lines  ", ""),
    ("Who stands there?", "It is"),
)
LONG_WORDS = (600, 2600)
"""The second is longer than the window that Phi-3's attention slides over the text."""


@dataclass(frozen=True)
class Written:
    """What transformers wrote.

    Attributes:
        prompt: as the backends are asked.
        words: the greedy answer, a token each.
        log_probs: the natural logarithm of each token's probability.
    """

    prompt: dict[str, str]
    prompt_tokens: int
    words: list[str]
    log_probs: list[float]


@dataclass(frozen=True)
class NextWord:
    """How likely each word is after a prompt.

    Attributes:
        logits: of the likeliest words, the likeliest first.
        spread: the standard deviation of the logits of all words.
        log_sum: of the exponentials of all tokens' logits, the natural logarithm: what a logit
            exceeds it by is the logarithm of the token's probability.
    """

    prompt: dict[str, str]
    logits: dict[str, float]
    spread: float
    log_sum: float


def main(folder: Path, target: Path) -> None:
    """Write what came of every prompt."""
    torch.set_num_threads(2)
    words = {id: word for word, id in json.loads((folder / "words.json").read_text()).items()}
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)

    def ids_of(prompt: dict[str, str]) -> list[int]:
        if "raw" in prompt:
            return tokenizer(prompt["raw"]).input_ids
        messages = [{"role": "user", "content": prompt["chat"]}]
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        return tokenizer(text + prompt["answerStart"], add_special_tokens=False).input_ids

    written, following = [], []
    for prompt in prompts():
        ids = ids_of(prompt)
        rows = list(takewhile(is_clear, greedy(model, ids)))
        if not rows:
            continue
        chosen = [words[int(row.argmax())] for row in rows]
        log_probs = [float(row.log_softmax(-1).max()) for row in rows]
        written.append(Written(prompt, len(ids), chosen, log_probs))
        if "raw" in prompt and len(ids) < 30:
            for at, row in enumerate(rows[:8]):
                text = " ".join([prompt["raw"], *chosen[:at]])
                following.append(next_word({"raw": text}, row, words))
    assert len({item.words[0] for item in written}) > len(written) // 2, "prompts have no say"
    told = {
        "written": [asdict(item) for item in written],
        "following": [asdict(item) for item in following],
    }
    target.mkdir()
    (target / "references.json").write_text(json.dumps(told), encoding="utf-8")


def prompts() -> list[dict[str, str]]:
    """Return what is asked."""
    longer = [" ".join(f"word {n % 10} of {n % 7}" for n in range(n // 4)) for n in LONG_WORDS]
    return [
        *({"raw": text} for text in (*RAW, *longer)),
        *({"chat": question, "answerStart": start} for question, start in CHATS),
    ]


def is_clear(row: torch.Tensor) -> bool:
    """Whether the likeliest token is so by more than rounding can move it."""
    best, second = row.topk(2).values
    return bool(best - second > LEAST_MARGIN)


@torch.no_grad()
def greedy(model: torch.nn.Module, ids: list[int]) -> list[torch.Tensor]:
    """Return the logits from which each token of the likeliest answer was taken."""
    output = model.generate(
        torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        max_new_tokens=ANSWER_TOKENS,
        do_sample=False,
        output_logits=True,
        return_dict_in_generate=True,
    )
    return [row[0] for row in output.logits]


def next_word(prompt: dict[str, str], row: torch.Tensor, words: dict[int, str]) -> NextWord:
    """Note the likeliest words with their logits."""
    top = row.topk(CANDIDATES)
    pairs = zip(top.indices.tolist(), top.values.tolist(), strict=True)
    logits = {words[id]: round(value, 5) for id, value in pairs if id in words}
    return NextWord(prompt, logits, float(row[list(words)].std()), float(row.logsumexp(-1)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
