from phi_sidecar.chat.sampling import ANOTHER_LEAST_TEMPERATURE, sampling_of
from phi_sidecar.generated.protocol import SidecarSettings


def settings(**told):
    return SidecarSettings(chat_max_new_tokens=99, **told)


def test_without_sampling_the_likeliest_is_taken_whatever_the_temperature():
    sampling = sampling_of(settings(chat_temperature=1.5, chat_top_p=0.5))
    assert (sampling.temperature, sampling.top_p, sampling.max_new_tokens) == (0, 1, 99)


def test_with_sampling_temperature_and_top_p_are_the_settings():
    sampling = sampling_of(settings(chat_sampling=True, chat_temperature=0.4, chat_top_p=0.9))
    assert (sampling.temperature, sampling.top_p, sampling.max_new_tokens) == (0.4, 0.9, 99)


def test_another_answer_is_sampled_even_where_the_likeliest_is_taken_else():
    sampling = sampling_of(settings(chat_top_p=0.8), another=True)
    assert sampling.temperature == ANOTHER_LEAST_TEMPERATURE
    assert (sampling.top_p, sampling.max_new_tokens) == (0.8, 99)


def test_another_answer_is_no_colder_than_the_settings():
    hot = settings(chat_sampling=True, chat_temperature=1.2)
    assert sampling_of(hot, another=True).temperature == 1.2


def test_the_model_itself_says_how_it_is_kept_from_going_in_circles():
    assert sampling_of(settings()).frequency_penalty is None
