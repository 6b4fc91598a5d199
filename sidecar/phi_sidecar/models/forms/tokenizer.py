"""The tokenizer beside a model's weights."""

from pathlib import Path

from phi_sidecar.models.forms.refusal import NotUsable, incomplete, read_json, require


def check_tokenizer(folder: Path) -> None:
    """Check that a transformers tokenizer and a chat template are there.

    Raises:
        NotUsable: they are not.
    """
    if not has_tokenizer(folder):
        raise incomplete("Its tokenizer is missing (tokenizer.json and tokenizer_config.json).")
    check_template(folder)


def has_tokenizer(folder: Path) -> bool:
    """Tell whether a transformers tokenizer lies in a folder."""
    pieces = any((folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model"))
    return pieces and (folder / "tokenizer_config.json").is_file()


def check_template(folder: Path) -> None:
    """Check that the model was made for conversations.

    Raises:
        NotUsable: it has no chat template.
    """
    if (folder / "chat_template.jinja").is_file():
        return
    config = folder / "tokenizer_config.json"
    if config.is_file() and read_json(config).get("chat_template"):
        return
    if _in_openvino(folder / "openvino_tokenizer.xml"):
        return
    raise NotUsable(
        "It has no chat template, so questions cannot be put to it.",
        remedy="Take the model's variant for conversations, often called 'instruct'.",
    )


def _in_openvino(tokenizer: Path) -> bool:
    if not tokenizer.is_file():
        return False
    require(tokenizer)
    return b"<chat_template" in tokenizer.read_bytes()
