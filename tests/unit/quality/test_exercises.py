"""The exercises of `phi-sidecar bench --quality` tell right from wrong."""

import ast

import pytest
from phi_sidecar.quality import sandbox
from phi_sidecar.quality.exercises import exercises

EACH = pytest.mark.parametrize(
    "exercise", exercises(), ids=lambda exercise: f"{exercise.name}: {exercise.text}"
)


@EACH
async def test_what_was_taken_away_is_right_and_nothing_is_wrong(exercise):
    assert await sandbox.run(exercise.program(exercise.text)) is sandbox.Verdict.PASSED
    assert await sandbox.run(exercise.program("")) is sandbox.Verdict.FAILED


@EACH
def test_the_cursor_stands_where_a_person_would_type(exercise):
    lines = (exercise.before + exercise.after).split("\n")
    assert lines[exercise.line] == exercise.before.rpartition("\n")[2]
    assert exercise.column == len(lines[exercise.line])


def test_text_that_the_suggestion_replaces_is_not_in_the_program():
    exercise = next(each for each in exercises() if each.text == "is_prime(number)]")
    whole = exercise.program(exercise.text + "\n", replace_after=1)
    assert ast.dump(ast.parse(whole)) == ast.dump(ast.parse(exercise.program(exercise.text)))


def test_there_are_enough_to_compare_by():
    assert len(exercises()) >= 40
    assert len({(each.name, each.text) for each in exercises()}) == len(exercises())
