"""Runs where transformers is: makes a tokenizer of Phi-3's kind, byte for byte in its layout.

The pieces are those of a SentencePiece model with byte fallback and 32,000 pieces, as Phi-3's is.
What is around them is Phi-3's own: the added tokens with their ids, and the template.
"""

# ruff: noqa: TID253 (it runs where the runtime is)
import json
import shutil
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers
from transformers.convert_slow_tokenizer import generate_merges
from transformers.utils import sentencepiece_model_pb2_new as sentencepiece_model

END_OF_TEXT = 32000
ASSISTANT = 32001
END = 32007
USER = 32010
END_OF_SENTENCE = 2
VOCABULARY = 32064
"""More rows than tokens, as in Phi-3: the last 53 ids are nothing."""

CONTEXT_WINDOW = 4096

ADDED = {
    0: "<unk>",
    1: "<s>",
    2: "</s>",
    32000: "<|endoftext|>",
    32001: "<|assistant|>",
    32002: "<|placeholder1|>",
    32003: "<|placeholder2|>",
    32004: "<|placeholder3|>",
    32005: "<|placeholder4|>",
    32006: "<|system|>",
    32007: "<|end|>",
    32008: "<|placeholder5|>",
    32009: "<|placeholder6|>",
    32010: "<|user|>",
}
TAKES_NO_SPACE_AFTER_IT = {2, *range(32001, 32011)}
"""Phi-3's turn tokens swallow the white space that follows them."""

TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{'<|system|>\n' + message['content'] + '<|end|>\n'}}"
    "{% elif message['role'] == 'user' %}{{'<|user|>\n' + message['content'] + '<|end|>\n'}}"
    "{% elif message['role'] == 'assistant' %}"
    "{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}"
)


def write_tokenizer(pieces_file: Path, folder: Path) -> Tokenizer:
    """Write a tokenizer's files into a model's folder, as Phi-3's repository has them."""
    tokenizer = make_tokenizer(pieces_file)
    tokenizer.save(str(folder / "tokenizer.json"))
    shutil.copy(pieces_file, folder / "tokenizer.model")
    special = {"bos_token": "<s>", "eos_token": ADDED[END_OF_TEXT], "unk_token": "<unk>"}
    special["pad_token"] = ADDED[END_OF_TEXT]
    config = {
        "add_bos_token": False,
        "add_eos_token": False,
        "added_tokens_decoder": {str(id): _flags(id) for id in ADDED},
        "chat_template": TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "legacy": False,
        "model_max_length": CONTEXT_WINDOW,
        "padding_side": "left",
        "sp_model_kwargs": {},
        "tokenizer_class": "LlamaTokenizer",
        "use_default_system_prompt": False,
        **special,
    }
    _write(folder / "tokenizer_config.json", config)
    _write(folder / "special_tokens_map.json", special)
    _write(folder / "added_tokens.json", {text: id for id, text in ADDED.items() if id >= 32000})
    return tokenizer


def make_tokenizer(pieces_file: Path) -> Tokenizer:
    """Read the pieces and put Phi-3's rules around them."""
    proto = sentencepiece_model.ModelProto()
    proto.ParseFromString(pieces_file.read_bytes())
    vocabulary = {piece.piece: id for id, piece in enumerate(proto.pieces)}
    scores = {piece.piece: piece.score for piece in proto.pieces}
    bpe = models.BPE(
        vocabulary,
        generate_merges(vocabulary, scores),
        unk_token="<unk>",
        fuse_unk=True,
        byte_fallback=True,
    )
    tokenizer = Tokenizer(bpe)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    tokenizer.add_special_tokens([_added(id) for id in ADDED if id != END_OF_SENTENCE])
    tokenizer.add_tokens([_added(END_OF_SENTENCE)])
    for id, text in ADDED.items():
        assert tokenizer.token_to_id(text) == id, text
    return tokenizer


def name_precision_as_before(folder: Path) -> None:
    """Write the weights' precision under the name that older versions of transformers read too."""
    file = folder / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    config["torch_dtype"] = config.pop("dtype")
    _write(file, config)


def _added(id: int) -> AddedToken:
    flags = _flags(id)
    return AddedToken(flags.pop("content"), **flags)


def _flags(id: int) -> dict[str, object]:
    return {
        "content": ADDED[id],
        "lstrip": False,
        "normalized": False,
        "rstrip": id in TAKES_NO_SPACE_AFTER_IT,
        "single_word": False,
        "special": id != END_OF_SENTENCE,
    }


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, indent=2), encoding="utf-8")
