"""What stands above the text before the cursor in a prompt: it stays while the person types."""

from phi_sidecar.completion.context import CompletionContext


def snippets_above(context: CompletionContext) -> str:
    """Return the similar lines from elsewhere as comments, each with its file's path."""
    marks = context.remark_marks
    if marks is None:
        return ""
    begin, end = marks
    parts: list[str] = []
    # The most similar one comes last, next to the code.
    for snippet in reversed(context.snippets):
        lines = [f"From {snippet.path}:", *snippet.text.split("\n")]
        # What would end the comment too soon is left out.
        safe = (line.replace(end.strip(), "") if end else line for line in lines)
        parts += [f"{begin}{line}{end}".rstrip() for line in safe]
    return "\n".join(parts) + "\n\n" if parts else ""
