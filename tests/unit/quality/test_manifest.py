"""The holes of a run are the ones that are listed."""

import pytest
from phi_sidecar.quality.sandbox import Verdict, run
from quality import humaneval, manifest
from quality.codefiles import code_files
from quality.holes import Kind


def test_every_listed_task_is_of_an_even_number():
    tasks = humaneval.even_tasks()
    assert len(tasks) == 82
    assert all(task.number % 2 == 0 for task in tasks)


def test_the_tasks_holes_are_all_there_and_few_are_among_many():
    few = manifest.take([humaneval.GROUP], list(Kind), 5)
    many = manifest.take([humaneval.GROUP], list(Kind), 40)
    assert few.missing == many.missing == 0
    assert len(few.holes) == 5 * len(Kind)
    assert {hole.id for hole in few.holes} < {hole.id for hole in many.holes}


def test_holes_come_from_as_many_tasks_as_there_are():
    taken = manifest.take([humaneval.GROUP], list(Kind), 40)
    lines = [hole.source for hole in taken.holes if hole.kind is Kind.SINGLE_LINE]
    assert len(set(lines)) == len(lines)


async def test_a_task_passes_with_its_solution_and_fails_with_nothing_in_a_hole():
    for hole in manifest.take([humaneval.GROUP], list(Kind), 2).holes:
        whole, empty = hole.filled(hole.text), hole.filled("")
        assert await run(humaneval.program_of(hole, whole)) is Verdict.PASSED
        assert await run(humaneval.program_of(hole, empty)) is not Verdict.PASSED


@pytest.mark.parametrize("group", [g for g in manifest.groups() if g != humaneval.GROUP])
def test_a_set_of_other_peoples_code_has_holes_of_every_kind(group):
    assert any(source.group == group for source in code_files()), "its files are not installed"
    taken = manifest.take([group], list(Kind), 10)
    assert taken.missing or {hole.kind for hole in taken.holes} == set(Kind)
    assert len(taken.holes) + taken.missing == 10 * len(Kind)
