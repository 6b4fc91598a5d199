"""Runs where torch is: makes two tiny models of Phi-3's architecture, from fixed seeds.

`tiny-phi3` has random weights, large enough that every token depends on all before it. It writes
whole words only, so that its text says exactly which tokens it chose. `scripted-phi3` goes from
each token to a fixed next one: it writes texts that were chosen.
"""

# ruff: noqa: TID253 (it runs where the runtime is)
import json
import sys
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import phi3_tokenizer as phi3
import torch
from scripts import SCRIPTS
from tokenizers import Tokenizer
from transformers import GenerationConfig, Phi3Config, Phi3ForCausalLM

HIDDEN = 64
SEED = 3

CONFIG = {
    # As in Phi-3-mini-4k-instruct.
    "vocab_size": phi3.VOCABULARY,
    "max_position_embeddings": phi3.CONTEXT_WINDOW,
    "original_max_position_embeddings": phi3.CONTEXT_WINDOW,
    "sliding_window": 2047,
    "rope_theta": 10000.0,
    "rms_norm_eps": 1e-05,
    "tie_word_embeddings": False,
    "attention_bias": False,
    "resid_pdrop": 0.0,
    "embd_pdrop": 0.0,
    "bos_token_id": 1,
    "eos_token_id": phi3.END_OF_TEXT,
    "pad_token_id": phi3.END_OF_TEXT,
    # Tiny.
    "hidden_size": HIDDEN,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
}


def main(pieces: Path, folder: Path, kind: str) -> None:
    """Write one of the models."""
    folder.mkdir(parents=True)
    tokenizer = phi3.write_tokenizer(pieces, folder)
    torch.manual_seed(SEED)
    model = Phi3ForCausalLM(Phi3Config(**CONFIG))
    with torch.no_grad():
        if kind == "tiny-phi3":
            randomize(model)
            words = words_of(tokenizer)
            keep_rows(model.lm_head.weight, words)
            (folder / "words.json").write_text(json.dumps(words), encoding="utf-8")
        else:
            script(model, next_tokens(tokenizer))
        for weight in model.parameters():
            # So that a model stored in half precision is exactly this one.
            weight.copy_(weight.half().float())
    model.generation_config = GenerationConfig(
        bos_token_id=1,
        eos_token_id=[phi3.END_OF_TEXT, phi3.ASSISTANT, phi3.END],
        pad_token_id=phi3.END_OF_TEXT,
    )
    model.save_pretrained(folder)
    phi3.name_precision_as_before(folder)


def randomize(model: Phi3ForCausalLM) -> None:
    """Draw weights with which attention and layers weigh as much as the token itself."""
    for name, weight in model.named_parameters():
        if weight.dim() == 2:
            spread = 1.0 if "embed" in name else weight.shape[1] ** -0.5
            torch.nn.init.normal_(weight, std=spread)
    for layer in model.model.layers:
        # Sharp attention: which token is where matters.
        layer.self_attn.qkv_proj.weight[: 2 * HIDDEN] *= 1.5
        layer.self_attn.o_proj.weight *= 2


def words_of(tokenizer: Tokenizer) -> dict[str, int]:
    """Return the pieces that are a whole word, and that a text of that word gives again."""
    return {
        piece[1:]: id
        for piece, id in sorted(tokenizer.get_vocab().items())
        if piece.startswith("▁")
        and len(piece) > 3
        and piece[1:].isascii()
        and piece[1:].isalpha()
        and tokenizer.encode(piece[1:], add_special_tokens=False).ids == [id]
    }


def keep_rows(weight: torch.Tensor, words: dict[str, int]) -> None:
    """Make every token but the words one that never is the likeliest."""
    others = torch.ones(len(weight), dtype=torch.bool)
    others[list(words.values())] = False
    weight[others] = 0


def script(model: Phi3ForCausalLM, follows: dict[int, int]) -> None:
    """Make a model that goes from a token to the one that follows it, whatever was before."""
    torch.nn.init.normal_(model.model.embed_tokens.weight)
    embedding = model.model.embed_tokens.weight
    embedding /= embedding.norm(dim=1, keepdim=True) / HIDDEN**0.5
    for layer in model.model.layers:
        # What a layer adds is nothing; what it computes is not.
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    head = torch.zeros_like(model.lm_head.weight)
    for token, following in follows.items():
        # Several may go to the same one.
        head[following] += embedding[token]
    model.lm_head.weight.copy_(head / 4)


def next_tokens(tokenizer: Tokenizer) -> dict[int, int]:
    """Return which token follows which: the scripts', and words without end.

    A token that leads nowhere here is followed by any word. To give it one would make all the
    others' less certain.
    """
    vocabulary = tokenizer.get_vocab()
    follows: dict[int, int] = {}
    for start, pieces in SCRIPTS.items():
        chain = [vocabulary[piece] for piece in (start, *pieces)]
        for token, following in pairwise(chain):
            assert token not in follows, f"{tokenizer.id_to_token(token)} goes two ways"
            follows[token] = following
    story = [id for id in words_of(tokenizer).values() if id not in follows]
    order = [story[number] for number in torch.randperm(len(story)).tolist()]
    return follows | dict(pairwise([*order, order[0]]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
