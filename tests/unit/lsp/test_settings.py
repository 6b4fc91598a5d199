import pytest
from phi_sidecar.generated.protocol import SidecarSettings
from phi_sidecar.lsp.settings import initialization_options, settings_of


def test_without_options_the_defaults_hold():
    options = initialization_options(None)
    assert not options.own_inline_completion
    assert options.settings is None


def test_options_that_fit_are_taken():
    options = initialization_options(
        {"ownInlineCompletion": True, "settings": {"completionMaxNewTokens": 20}}
    )
    assert options.own_inline_completion
    assert options.settings.completion_max_new_tokens == 20
    assert options.settings.completion_enabled


@pytest.mark.parametrize(
    "raw", [5, "x", [], {"more": 1}, {"ownInlineCompletion": 1}, {"settings": 5}]
)
def test_options_that_do_not_fit_count_as_not_said(raw):
    options = initialization_options(raw)
    assert not options.own_inline_completion
    assert options.settings is None


@pytest.mark.parametrize("raw", [None, 5, [], {}, {"other": {}}, {"phiSidecar": None}])
def test_settings_of_others_are_passed_over(raw):
    assert settings_of(raw) is None


@pytest.mark.parametrize(
    "section",
    [
        {"more": 1},
        {"completionMaxNewTokens": 0},
        {"completionMaxNewTokens": 513},
        {"completionEnabled": "yes"},
        {"completionLanguages": {"python": "on"}},
    ],
)
def test_a_setting_that_does_not_fit_leaves_those_beside_it(section, caplog):
    settings = settings_of({"phiSidecar": {**section, "completionExclude": ["secret/"]}})
    assert settings == SidecarSettings(completion_exclude=["secret/"])
    assert "not taken" in caplog.text
    assert "yes" not in caplog.text


def test_settings_that_fit_are_taken():
    settings = settings_of({"phiSidecar": {"completionLanguages": {"go": False}}})
    assert settings.completion_languages == {"go": False}
