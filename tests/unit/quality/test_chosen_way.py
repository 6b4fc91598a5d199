"""A way of asking that was chosen for a model is the one that it is asked in."""

import pytest
from phi_sidecar.completion.context import DocumentView
from phi_sidecar.completion.strategies import STRATEGIES, WAYS, strategy_for
from phi_sidecar.engine.completion import Completer, Cursor
from phi_sidecar.generated.protocol import ChatPrompt, RawPrompt
from phi_sidecar.models.catalog import CompletionStyle


async def asked(engine):
    """Return the first question that a person's request becomes."""
    text = "def total(values):\n    "
    cursor = Cursor("untitled:1", DocumentView(text, "python", "a.py"), 1, 4, text, "")
    await Completer(engine).complete(cursor, None, invoked=True, is_current=lambda: True)
    return engine.questions[0].prompt


@pytest.mark.parametrize(
    ("way", "prompt"), [(None, RawPrompt), ("instruct", ChatPrompt), ("continuation", RawPrompt)]
)
async def test_the_model_is_asked_in_the_way_chosen_for_it(way, prompt, scripted_engine):
    engine = scripted_engine(lambda _: [("\n    return", -0.1), ("\n", -0.1)])
    engine.active.way = way
    assert isinstance(await asked(engine), prompt)


@pytest.mark.parametrize("style", list(CompletionStyle))
def test_a_way_that_is_not_known_here_gives_way_to_the_familys(style):
    assert strategy_for(style) is STRATEGIES[style]
    assert strategy_for(style, "of a later version") is STRATEGIES[style]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_can_be_chosen(way):
    assert strategy_for(CompletionStyle.INSTRUCT, way) is not STRATEGIES[CompletionStyle.INSTRUCT]
