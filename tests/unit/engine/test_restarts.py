from phi_sidecar.engine.restarts import RestartLimit


def test_three_restarts_within_three_minutes_are_allowed_and_no_fourth():
    limit = RestartLimit()
    assert [limit.allows(now_s) for now_s in (0, 60, 120, 179)] == [True, True, True, False]


def test_after_three_minutes_the_first_one_is_forgotten():
    limit = RestartLimit()
    for now_s in (0, 60, 120):
        assert limit.allows(now_s)
    assert limit.allows(181)
    assert not limit.allows(182)


def test_what_was_not_allowed_does_not_count():
    limit = RestartLimit(limit=1, within_s=10)
    assert limit.allows(0)
    assert not limit.allows(9)
    assert limit.allows(11)


def test_after_the_person_did_something_it_begins_anew():
    limit = RestartLimit(limit=1)
    assert limit.allows(0)
    limit.reset()
    assert limit.allows(1)
