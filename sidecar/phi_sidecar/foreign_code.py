"""What in a model's files would have a runtime run code of theirs: it is refused, never run."""

CUSTOM_OPERATORS = "custom_ops_library"
"""In ONNX Runtime GenAI's configuration: a native library, of the model's own folder too."""


def names_code(config: object) -> bool:
    """Tell whether a configuration, read from JSON, names a library of code anywhere."""
    if isinstance(config, dict):
        return CUSTOM_OPERATORS in config or any(map(names_code, config.values()))
    return isinstance(config, list) and any(map(names_code, config))
