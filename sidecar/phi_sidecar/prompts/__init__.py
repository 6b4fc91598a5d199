"""The texts that models are given, one file each."""

from functools import cache
from importlib.resources import files
from string import Template


@cache
def prompt_text(name: str) -> Template:
    """Return the text of that name; `$name` marks what is put in."""
    text = files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return Template(text.replace("\r\n", "\n").removesuffix("\n"))
