"""Files that are never read into a prompt."""

import pytest
from phi_sidecar.completion.exclusion import IgnoreRules, excluded_by, language_enabled


@pytest.mark.parametrize(
    "path",
    [
        "/home/me/project/.env",
        "/home/me/project/.env.production",
        "/home/me/project/local.env",
        "/home/me/.ssh/config",
        "/home/me/.aws/config",
        "/home/me/keys/server.pem",
        "/home/me/keys/server.key",
        "/home/me/keys/id_rsa",
        "/home/me/keys/id_ed25519.bak",
        "/home/me/store.p12",
        "/home/me/passwords.kdbx",
        "/home/me/.npmrc",
        "/home/me/.pypirc",
        "/home/me/.netrc",
        "/home/me/app/secrets.yaml",
        "/home/me/app/config/credentials.json",
        "/home/me/infra/prod.tfvars",
        "C:\\Users\\Me\\project\\.ENV",
        "c:\\Users\\Me\\.ssh\\known_hosts",
        "\\\\server\\share\\Server.PEM",
        "\\\\?\\C:\\deep\\ID_RSA",
        ".env",
    ],
)
def test_files_that_hold_secrets_are_excluded(path):
    assert "keys or passwords" in excluded_by(path)


@pytest.mark.parametrize(
    "path",
    [
        "/home/me/project/main.py",
        "/home/me/project/.env.example",
        "/home/me/project/environment.ts",
        "/home/me/project/keyboard.c",
        "/home/me/project/monkey.py",
        "/home/me/project/secrets.py",
        "/home/me/.ssh_tools/main.go",
        "/home/me/keys/id_rsa.pub",
        "C:\\Users\\Me\\project\\main.rs",
        "",
    ],
)
def test_other_files_are_not(path):
    assert excluded_by(path) is None


def test_the_persons_own_patterns_count():
    assert "*.sql" in excluded_by("/p/db/Dump.SQL", ["*.md", "*.sql"])
    assert excluded_by("/p/private/a/b.py", ["private/"]) is not None
    assert excluded_by("/p/src/b.py", ["private/", "*.sql"]) is None


def test_a_pattern_of_the_person_may_use_backslashes():
    assert excluded_by("C:\\p\\src\\gen\\a.py", ["gen\\"]) is not None


@pytest.fixture
def rules():
    return IgnoreRules.from_files(
        {
            "/p": "# comment\n\nbuild/\n*.log\n!keep.log\n/only-here.txt\n",
            "/p/app": "*.gen.ts\n!special.log\n",
            "/p/app/build": "!wanted.py\n",
        }
    )


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/p/build/out.js", "/p"),
        ("/p/app/build/wanted.py", "/p"),
        ("/p/a.log", "/p"),
        ("/p/deep/er/a.log", "/p"),
        ("/p/keep.log", None),
        ("/p/app/special.log", None),
        ("/p/app/api.gen.ts", "/p/app"),
        ("/p/api.gen.ts", None),
        ("/p/only-here.txt", "/p"),
        ("/p/app/only-here.txt", None),
        ("/p/build", None),
        ("/elsewhere/a.log", None),
        ("/ph/a.log", None),
    ],
)
def test_ignored_files_are_told_as_git_does(rules, path, folder):
    assert rules.ignored_by(path) == folder
    reason = excluded_by(path, ignore_rules=rules)
    assert reason is None if folder is None else folder in reason


def test_paths_relative_to_the_tree_work_too():
    rules = IgnoreRules.from_files({"": "dist/\n", "web": "*.map\n"})
    assert rules.ignored_by("dist/a.js") == "."
    assert rules.ignored_by("web/a.map") == "web"
    assert rules.ignored_by("a.map") is None


def test_case_does_not_count_on_windows_and_does_elsewhere():
    windows = IgnoreRules.from_files({"C:\\Work": "Build/\n"})
    assert windows.ignored_by("c:\\work\\BUILD\\a.c") is not None
    elsewhere = IgnoreRules.from_files({"/work": "Build/\n"})
    assert elsewhere.ignored_by("/work/build/a.c") is None
    assert elsewhere.ignored_by("/work/Build/a.c") is not None


def test_a_pattern_that_means_nothing_does_not_spoil_the_rest():
    rules = IgnoreRules.from_files({"/p": "\ufeff!\n/\n***\n*.log\r\n"})
    assert rules.ignored_by("/p/a.log") == "/p"


def test_a_language_is_on_unless_it_or_all_are_switched_off():
    assert language_enabled("python", {})
    assert not language_enabled("markdown", {"markdown": False})
    assert not language_enabled("python", {"*": False})
    assert language_enabled("python", {"*": False, "python": True})


def test_a_pattern_of_the_person_may_have_braces_as_in_the_editors_globs():
    assert excluded_by("/p/db/a.csv", ["**/*.{sql,csv}"]) is not None
    assert excluded_by("/p/x/private/a.py", ["**/{private,customers/{a,b}}/**"]) is not None
    assert excluded_by("/p/x/customers/b/a.py", ["**/{private,customers/{a,b}}/**"]) is not None
    assert excluded_by("/p/a.py", ["**/*.{sql,csv}"]) is None


def test_a_pattern_with_more_ways_than_can_be_tried_leaves_out_rather_too_much():
    assert excluded_by("/p/ab/c.py", ["{a,b}" * 40]) is not None
    assert excluded_by("/p/ab/c.py", ["{a,b}" * 40 + "/d.py"]) is None
