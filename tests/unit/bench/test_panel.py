from measuring.figures import Section
from measuring.panel import panel_section


def section_of(updates_ms: list[float]) -> Section:
    return panel_section(5000, updates_ms, longest_tasks_ms=[40.0, 60.0], drawn_ms=[900.0])


def test_the_aim_is_held_against_the_95th_percentile_of_all_updates() -> None:
    section = section_of([1.0] * 95 + [9.0] * 5)

    assert section.aims[0].measured == 1.0
    assert section.aims[0].met


def test_updates_that_take_longer_towards_the_end_miss_the_aim() -> None:
    section = section_of([1.0] * 10 + [1.5] * 80 + [3.0] * 10)

    assert section.aims[1].measured == 3.0
    assert section.aims[1].met is False


def test_an_answer_without_updates_is_not_measured() -> None:
    section = section_of([])

    assert [aim.met for aim in section.aims] == [None, None]
