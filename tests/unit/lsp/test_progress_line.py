import pytest
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.lsp.progress_line import progress_line


@pytest.mark.parametrize(
    ("done", "total", "line", "percentage"),
    [
        (None, None, "Fetching", None),
        (None, 5_000_000, "Fetching", None),
        (0, 100_000_000, "Fetching, 0 of 100 MB", 0),
        (25_500_000, 100_000_000, "Fetching, 26 of 100 MB", 25),
        (100_000_000, 100_000_000, "Fetching, 100 of 100 MB", 100),
        (120_000_000, 100_000_000, "Fetching, 120 of 100 MB", 100),
        (7_000_000, None, "Fetching, 7 MB", None),
        (7_000_000, 0, "Fetching, 7 MB", None),
    ],
)
def test_a_step_is_told_with_what_is_known_of_it(done, total, line, percentage):
    progress = StepProgress(step="Fetching", bytes_done=done, bytes_total=total)
    assert progress_line(progress) == (line, percentage)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.2, "less than a minute"),
        (59, "less than a minute"),
        (61, "about 1 min"),
        (179, "about 3 min"),
        (5_000, "about 83 min"),
        (7_300, "about 2 h"),
    ],
)
def test_the_time_that_is_left_is_told_as_coarsely_as_it_is_known(seconds, told):
    progress = StepProgress(
        step="Fetching", bytes_done=10_000_000, bytes_total=40_000_000, seconds_left=seconds
    )
    assert progress_line(progress) == (f"Fetching, 10 of 40 MB, {told} left", 25)
