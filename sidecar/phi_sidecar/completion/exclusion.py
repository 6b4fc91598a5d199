"""Which files are never read into a prompt."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pathspec import GitIgnoreSpec

SECRET_FILES: tuple[str, ...] = (
    # Environment files; the examples that are committed in their place hold no secrets.
    ".env", ".env.*", "*.env", ".envrc", "!.env.example", "!.env.sample", "!.env.template",
    # Keys and certificates' private halves.
    "*.pem", "*.key", "*.p12", "*.pfx", "*.p8", "*.jks", "*.keystore", "*.kdbx", "*.kdb", "*.ppk",
    "*.asc", "*.gpg", "*.pgp", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "!id_*.pub",
    # What tools keep their passwords and tokens in.
    ".npmrc", ".yarnrc.yml", ".pypirc", ".netrc", "_netrc", ".pgpass", ".my.cnf", ".htpasswd",
    ".git-credentials", ".dockercfg", ".vault-token", ".terraformrc", "*.tfvars", "*.tfstate",
    "*.tfstate.*", "kubeconfig", "*.kubeconfig", "*.ovpn", "*.rdp",
    "credentials", "credentials.*", "*.credentials", "*_credentials.json",
    "client_secret*.json", "service-account*.json", "service_account*.json",
    "secrets", "secrets.*", "*.secrets", "*.secret", "secret.*", "!secrets.py", "!secret.py",
    # Folders that hold little else.
    ".ssh/", ".aws/", ".azure/", ".gnupg/", ".kube/", ".docker/config.json", ".password-store/",
    ".config/gcloud/", ".config/gh/",
)  # fmt: skip
"""Patterns as in a .gitignore; upper and lower case count alike."""

_SECRETS = GitIgnoreSpec.from_lines(pattern.lower() for pattern in SECRET_FILES)
_BRACES = re.compile(r"\{([^{}]*)\}")
_MOST_WAYS = 256
"""Into so many patterns one with braces is taken apart."""
_DRIVE = re.compile(r"\A[A-Za-z]:(?:/|\Z)")


@dataclass(frozen=True)
class IgnoreRules:
    """The rules of a tree's .gitignore files.

    Attributes:
        specs: per folder, deepest first, its rules.
        ignore_case: as on Windows.
    """

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()
    ignore_case: bool = False

    @classmethod
    def from_files(
        cls, texts: Mapping[str, str], *, ignore_case: bool | None = None
    ) -> "IgnoreRules":
        """Read the rules from the text of each folder's file, by the folder's path.

        Folders are written like the paths that are asked about: all absolute, or all relative to
        the same folder, whose own name is "". Case does not count where a path has a drive letter,
        unless `ignore_case` says otherwise.
        """
        folders = {_normal(folder): text for folder, text in texts.items()}
        if ignore_case is None:
            ignore_case = any(_DRIVE.match(folder) for folder in folders)
        specs = [
            (_cased(folder, ignore_case), _spec(_cased(text, ignore_case)))
            for folder, text in folders.items()
        ]
        specs.sort(key=lambda entry: -len(_parts(entry[0])))
        return cls(tuple(specs), ignore_case)

    def ignored_by(self, path: str) -> str | None:
        """Return the folder whose rules ignore a file, or None; "." is the topmost."""
        whole = _cased(_normal(path), self.ignore_case)
        parts = _parts(whole)
        root = "/" if whole.startswith("/") else ""
        # What lies in an ignored folder stays ignored, whatever a deeper file says: so is git.
        for length in range(1, len(parts) + 1):
            name = root + "/".join(parts[:length])
            folder = self._decide(name, is_folder=length < len(parts))
            if folder is not None:
                return folder or "."
        return None

    def _decide(self, path: str, *, is_folder: bool) -> str | None:
        for folder, spec in self.specs:
            inside = _inside(path, folder)
            if not inside:
                continue
            verdict = spec.check_file(inside + "/" if is_folder else inside).include
            if verdict is not None:
                return folder if verdict else None
        return None


def excluded_by(
    path: str, patterns: Sequence[str] = (), ignore_rules: IgnoreRules | None = None
) -> str | None:
    """Say what keeps a file out of prompts, or None where nothing does.

    Args:
        path: of the file, with slashes or backslashes.
        patterns: the person's own, as in a .gitignore, or with the `{a,b}` of the editor's globs.
        ignore_rules: of the tree that the file lies in.
    """
    normal = _normal(path).lower().lstrip("/")
    if not normal:
        return None
    if _matches(_SECRETS, normal):
        return "Files of this kind hold keys or passwords."
    for pattern in patterns:
        if _matches(_spec(_without_braces(pattern.replace("\\", "/").lower())), normal):
            return f"The setting excludes files like {pattern}."
    folder = ignore_rules.ignored_by(path) if ignore_rules is not None else None
    return None if folder is None else f"The .gitignore in {folder} excludes it."


def rule_against(
    paths: Sequence[str], patterns: Sequence[str] = (), ignore_rules: IgnoreRules | None = None
) -> str | None:
    """Say what keeps a file out of prompts, or None where nothing does.

    Args:
        paths: the file's own first, then as it is seen from each open folder that holds it: a
            person writes patterns from there, as in a .gitignore.
        patterns: the person's own.
        ignore_rules: of the tree that the file lies in.
    """
    for path in paths:
        if (rule := excluded_by(path, patterns)) is not None:
            return rule
    return excluded_by(paths[0], ignore_rules=ignore_rules)


def language_enabled(language_id: str, languages: Mapping[str, bool]) -> bool:
    """Tell whether a language is switched on; its own entry counts before that of `*`."""
    return languages.get(language_id, languages.get("*", True))


def _matches(spec: GitIgnoreSpec, path: str) -> bool:
    return spec.check_file(path).include is True


@lru_cache(maxsize=256)
def _spec(text: str) -> GitIgnoreSpec:
    lines = text.lstrip("\ufeff").splitlines()
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        # git passes over a pattern that means nothing, and keeps the rest of the file.
        return GitIgnoreSpec.from_lines(filter(_means_something, lines))


@lru_cache(maxsize=256)
def _without_braces(pattern: str) -> str:
    """Write each way of `{a,b}`, which a .gitignore does not know, on a line of its own."""
    waiting = [pattern]
    ways: list[str] = []
    while waiting:
        one = waiting.pop()
        if len(ways) + len(waiting) >= _MOST_WAYS:
            # Rather too much is left out than too little.
            one = _BRACES.sub("*", one)
        group = _BRACES.search(one)
        if group is None:
            ways.append(one)
            continue
        before, after = one[: group.start()], one[group.end() :]
        waiting += [before + way + after for way in group[1].split(",")]
    return "\n".join(ways)


def _means_something(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _normal(path: str) -> str:
    # Extended-length paths of Windows: \\?\C:\x and \\?\UNC\server\share.
    slashes = path.replace("\\", "/").removeprefix("//?/")
    root = "/" if slashes.startswith("/") else ""
    return root + "/".join(_parts(slashes))


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _cased(text: str, ignore_case: bool) -> str:
    return text.lower() if ignore_case else text


def _inside(path: str, folder: str) -> str:
    """Return a path relative to a folder, or nothing where it lies outside or is the folder."""
    if not folder:
        return path.lstrip("/")
    base = folder.rstrip("/") + "/"
    return path[len(base) :] if path.startswith(base) else ""
