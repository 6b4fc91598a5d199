"""The names of the tokens that end an answer."""

END_TOKENS = ("<|im_end|>", "<|end|>", "<|endoftext|>", "<|eot_id|>", "</s>")
"""Names under which known families of models end a turn or a text. A model's own configuration
often lists only one of those that it writes."""
