from phi_sidecar.engine.status_board import StatusBoard
from phi_sidecar.generated.protocol import Phase, Status, StepProgress

LOADING = Status(phase=Phase.loading, accelerator="a/b", accelerator_name="A")


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


def board():
    told, clock = [], Clock()
    return StatusBoard(LOADING, told.append, clock), told, clock


def downloading(done):
    return StepProgress(step="Downloading", bytes_done=done, bytes_total=100)


def test_what_does_not_change_is_not_told():
    status_board, told, _ = board()
    status_board.enter(Phase.loading)
    status_board.set(generating=False)
    assert told == []


def test_bytes_are_told_ten_times_a_second_at_most():
    status_board, told, clock = board()
    for done in range(100):
        clock.now_s = done / 100
        status_board.progress(downloading(done))
    assert 9 <= len(told) <= 11
    assert told[-1].progress.bytes_done >= 90


def test_a_new_step_is_told_at_once():
    status_board, told, _ = board()
    status_board.progress(downloading(1))
    status_board.progress(StepProgress(step="Installing"))
    status_board.progress(None)
    assert [status.progress and status.progress.step for status in told] == [
        "Downloading",
        "Installing",
        None,
    ]


def test_what_went_wrong_stays_said_on_the_way_to_a_model_that_answers():
    status_board, told, _ = board()
    status_board.explain("It died.", "It is restarted.")
    status_board.enter(Phase.preparing)
    assert told[-1].phase is Phase.preparing
    assert told[-1].reason == "It died."


def test_a_speed_stays_while_nothing_new_is_measured():
    status_board, told, _ = board()
    status_board.set(tokens_per_second=90.0)
    status_board.set(generating=True)
    assert told[-1].tokens_per_second == 90.0
    assert told[-1].generating
