from phi_sidecar.engine.prompt_run import ANSWER_TOKENS, ENOUGH_MS, REPEATS, measure_prompt
from phi_sidecar.generated import protocol as p


class Model:
    """Answers each prompt as the next of the runs says."""

    def __init__(self, *runs):
        self.runs = list(runs)
        self.asked = []

    async def __call__(self, prompt, sampling):
        self.asked.append((prompt.text, sampling.max_new_tokens))
        return self.runs.pop(0)


def run(tpot_ms, *, ttft_ms=100.0, total_ms=1_000.0, tokens=ANSWER_TOKENS):
    return p.GenerationMetrics(
        ttft_ms=ttft_ms,
        tpot_ms=tpot_ms,
        total_ms=total_ms,
        prompt_tokens=250,
        cached_tokens=0,
        completion_tokens=tokens,
        executing_device="CPU",
    )


async def test_the_middle_of_the_runs_counts():
    runs = [run(30.0, ttft_ms=300.0), run(10.0, ttft_ms=100.0), run(20.0, ttft_ms=900.0)]
    figures = await measure_prompt(Model(*runs), 256, cached=False)
    assert (figures.tpot_ms, figures.ttft_ms, figures.prompt_tokens) == (20.0, 300.0, 250)
    assert figures.typical == runs[2]
    assert figures.cached_ttft_ms is None
    assert figures.tells


async def test_each_prompt_begins_as_none_before():
    model = Model(*[run(10.0)] * REPEATS)
    await measure_prompt(model, 256, cached=False)
    beginnings = {text.partition("\n")[0] for text, _ in model.asked}
    assert len(beginnings) == REPEATS


async def test_the_same_prompt_is_asked_again_where_the_cache_is_measured():
    cold, again = run(10.0, ttft_ms=500.0), run(None, ttft_ms=20.0, tokens=1)
    model = Model(*[cold, again] * REPEATS)
    figures = await measure_prompt(model, 64, cached=True)
    assert (figures.ttft_ms, figures.cached_ttft_ms) == (500.0, 20.0)
    first, second = model.asked[:2]
    assert first[0] == second[0]
    assert (first[1], second[1]) == (ANSWER_TOKENS, 1)


async def test_what_takes_long_is_not_repeated():
    model = Model(run(2_000.0, total_ms=ENOUGH_MS))
    assert (await measure_prompt(model, 256, cached=False)).tpot_ms == 2_000.0
    assert len(model.asked) == 1


async def test_answers_that_are_too_short_do_not_tell_a_speed():
    for short in (run(5.0, tokens=3), run(None, tokens=1), run(None, ttft_ms=None, tokens=0)):
        figures = await measure_prompt(Model(*[short] * REPEATS), 256, cached=False)
        assert not figures.tells


async def test_where_no_token_came_no_time_to_the_first_is_told():
    none = run(None, ttft_ms=None, tokens=0)
    figures = await measure_prompt(Model(*[none] * 2 * REPEATS), 256, cached=True)
    assert (figures.ttft_ms, figures.cached_ttft_ms) == (None, None)
    # A run that brought none says nothing of how soon the others did.
    runs = [none, run(10.0, ttft_ms=100.0), run(10.0, ttft_ms=100.0)]
    assert (await measure_prompt(Model(*runs), 256, cached=False)).ttft_ms == 100.0


async def test_a_long_answer_counts_before_quicker_short_ones():
    runs = [run(1.0, tokens=3), run(20.0), run(2.0, tokens=4)]
    figures = await measure_prompt(Model(*runs), 256, cached=False)
    assert (figures.tells, figures.tpot_ms) == (True, 20.0)
