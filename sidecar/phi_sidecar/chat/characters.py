"""Text that a tokenizer takes."""

import re

_SURROGATES = re.compile("[\ud800-\udfff]")


def whole_characters(text: str) -> str:
    """Replace halves of characters, which are left where an editor cut between them."""
    return _SURROGATES.sub("\ufffd", text)
