import os

from phi_sidecar.engine import ignore_files
from phi_sidecar.engine.ignore_files import IgnoreFiles


def ignored(files, file):
    return files.rules_for(file).ignored_by(str(file)) is not None


def test_rules_of_the_folder_and_of_those_above_it_count(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.log\n", encoding="utf-8")
    inner = tmp_path / "src"
    inner.mkdir()
    (inner / ".gitignore").write_text("made.py\n", encoding="utf-8")
    files = IgnoreFiles()
    assert ignored(files, inner / "a.log")
    assert ignored(files, inner / "made.py")
    assert not ignored(files, inner / "kept.py")
    assert not ignored(files, tmp_path / "made.py")


def test_rules_above_the_repository_do_not_count(tmp_path):
    (tmp_path / ".gitignore").write_text("*.py\n", encoding="utf-8")
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    assert not ignored(IgnoreFiles(), repository / "a.py")


def test_a_file_that_changed_is_read_again(tmp_path):
    rules = tmp_path / ".gitignore"
    rules.write_text("a.py\n", encoding="utf-8")
    files = IgnoreFiles()
    assert ignored(files, tmp_path / "a.py")
    rules.write_text("b.py\n", encoding="utf-8")
    os.utime(rules, ns=(1, 1))
    assert not ignored(files, tmp_path / "a.py")
    assert ignored(files, tmp_path / "b.py")
    rules.unlink()
    assert not ignored(files, tmp_path / "b.py")


def test_what_cannot_be_read_or_is_huge_counts_as_no_rules(tmp_path, monkeypatch):
    (tmp_path / ".gitignore").mkdir()
    assert not ignored(IgnoreFiles(), tmp_path / "a.py")
    other = tmp_path / "other"
    other.mkdir()
    (other / ".gitignore").write_text("*.py\n", encoding="utf-8")
    monkeypatch.setattr(ignore_files, "MOST_BYTES", 3)
    assert not ignored(IgnoreFiles(), other / "a.py")


def test_what_a_clone_ignores_for_itself_counts_and_its_gitignore_outweighs_it(tmp_path):
    info = tmp_path / ".git" / "info"
    info.mkdir(parents=True)
    (info / "exclude").write_text("*.tmp.py\n", encoding="utf-8")
    assert ignored(IgnoreFiles(), tmp_path / "a.tmp.py")
    (tmp_path / ".gitignore").write_text("!kept.tmp.py\n", encoding="utf-8")
    assert ignored(IgnoreFiles(), tmp_path / "a.tmp.py")
    assert not ignored(IgnoreFiles(), tmp_path / "kept.tmp.py")
