"""Runs where torch is: makes of the starter's weights a model of Phi-3's architecture.

It computes what the starter computes: the two differ in where the same numbers lie. So it writes
real text, and takes every path of Phi-3's code.
"""

# ruff: noqa: E402, TID253 (it runs where the runtime is, and is told where the rest lies)
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), sys.argv[1]]
import gguf
import numpy as np
import torch
from phi3_tokenizer import name_precision_as_before
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GenerationConfig, Phi3Config, Phi3ForCausalLM, PreTrainedTokenizerFast

CONTROL = 3
"""A token's type in a GGUF file: it stands for no text."""

RENAMED = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_output": "self_attn.o_proj",
    "ffn_down": "mlp.down_proj",
}


def main(starter: Path, folder: Path) -> None:
    """Write the model; the first argument is where the reader of GGUF files lies."""
    reader = gguf.GGUFReader(starter)
    folder.mkdir(parents=True)
    tokenizer = make_tokenizer(reader)
    # The template beside the rest, where older versions look for it too.
    tokenizer.save_pretrained(folder, save_jinja_files=False)
    ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    config = Phi3Config(
        vocab_size=len(field(reader, "tokenizer.ggml.tokens")),
        hidden_size=field(reader, "llama.embedding_length"),
        intermediate_size=field(reader, "llama.feed_forward_length"),
        num_hidden_layers=field(reader, "llama.block_count"),
        num_attention_heads=field(reader, "llama.attention.head_count"),
        num_key_value_heads=field(reader, "llama.attention.head_count_kv"),
        max_position_embeddings=field(reader, "llama.context_length"),
        original_max_position_embeddings=field(reader, "llama.context_length"),
        rope_theta=field(reader, "llama.rope.freq_base"),
        rms_norm_eps=field(reader, "llama.attention.layer_norm_rms_epsilon"),
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        **ends,
    )
    model = Phi3ForCausalLM(config)
    # The output's matrix is the embedding's.
    missing, unexpected = model.load_state_dict(weights(reader, config), strict=False)
    assert (missing, unexpected) == (["lm_head.weight"], []), (missing, unexpected)
    model.tie_weights()
    model.generation_config = GenerationConfig(bos_token_id=tokenizer.bos_token_id, **ends)
    model.half().save_pretrained(folder)
    name_precision_as_before(folder)


def weights(reader: gguf.GGUFReader, config: Phi3Config) -> dict[str, torch.Tensor]:
    """Return the file's weights under Phi-3's names, those that Phi-3 keeps together as one."""
    read = {tensor.name: tensor for tensor in reader.tensors}

    def tensor(name: str, heads: int | None = None) -> torch.Tensor:
        values = gguf.dequantize(read[name].data, read[name].tensor_type).astype(np.float32)
        if heads is not None:
            # The format keeps the halves that are rotated together side by side.
            pairs = values.reshape(heads, -1, 2, values.shape[-1])
            values = pairs.swapaxes(1, 2).reshape(values.shape)
        return torch.from_numpy(np.ascontiguousarray(values))

    made = {}
    for name in read:
        start, _, rest = name.removesuffix(".weight").partition("blk.")
        layer, _, part = rest.partition(".")
        if renamed := RENAMED.get(part or start):
            prefix = f"model.layers.{layer}." if part else ""
            made[f"{prefix}{renamed}.weight"] = tensor(name)
    for layer in range(config.num_hidden_layers):
        block, to = f"blk.{layer}.", f"model.layers.{layer}."
        queries = tensor(f"{block}attn_q.weight", config.num_attention_heads)
        keys = tensor(f"{block}attn_k.weight", config.num_key_value_heads)
        attention = [queries, keys, tensor(f"{block}attn_v.weight")]
        made[f"{to}self_attn.qkv_proj.weight"] = torch.cat(attention)
        gate_up = [tensor(f"{block}ffn_gate.weight"), tensor(f"{block}ffn_up.weight")]
        made[f"{to}mlp.gate_up_proj.weight"] = torch.cat(gate_up)
    return made


def make_tokenizer(reader: gguf.GGUFReader) -> PreTrainedTokenizerFast:
    """Return the starter's tokenizer.

    What transformers makes of a GGUF file doubles the first token, and OpenVINO cannot take it.
    """
    tokens = field(reader, "tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in field(reader, "tokenizer.ggml.merges")]
    types = field(reader, "tokenizer.ggml.token_type")
    tokenizer = Tokenizer(models.BPE({token: id for id, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    control = [token for token, kind in zip(tokens, types, strict=True) if kind == CONTROL]
    tokenizer.add_special_tokens(control)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=tokens[field(reader, "tokenizer.ggml.bos_token_id")],
        eos_token=tokens[field(reader, "tokenizer.ggml.eos_token_id")],
        pad_token=tokens[field(reader, "tokenizer.ggml.padding_token_id")],
        model_max_length=field(reader, "llama.context_length"),
        clean_up_tokenization_spaces=False,
        chat_template=field(reader, "tokenizer.chat_template"),
    )


def field(reader: gguf.GGUFReader, name: str) -> Any:
    """Return what a GGUF file says of itself under a name."""
    return reader.fields[name].contents()


if __name__ == "__main__":
    main(Path(sys.argv[2]), Path(sys.argv[3]))
