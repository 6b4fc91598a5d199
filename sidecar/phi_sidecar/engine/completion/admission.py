"""Whether a request is worked on at all, by the settings and by what the file is."""

from phi_sidecar.completion.exclusion import IgnoreRules, language_enabled, rule_against
from phi_sidecar.engine.completion.cursor import Completion, Cursor
from phi_sidecar.generated import protocol as p


def refusal(
    cursor: Cursor, settings: p.SidecarSettings, ignored: IgnoreRules | None
) -> Completion | None:
    """Say why nothing is suggested in this document; None where it may."""
    language = cursor.document.language_id
    if not settings.completion_enabled:
        return Completion(p.CompletionOutcome.language_off, detail="Completions are off.")
    if not language_enabled(language, settings.completion_languages):
        detail = f"Completions are off for {language}."
        return Completion(p.CompletionOutcome.language_off, detail=detail)
    paths = (cursor.document.path, *cursor.within)
    if (rule := rule_against(paths, settings.completion_exclude, ignored)) is not None:
        return Completion(p.CompletionOutcome.excluded_file, detail=rule)
    return None
