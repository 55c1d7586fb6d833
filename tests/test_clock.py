from datetime import timedelta

from rdv_mock.clock import Clock, real_now, stopwatch
from tests.support import instant

THEN = instant("2026-03-10T08:00:00Z")
REAL = instant("2030-01-01T00:00:00Z")


def test_a_clock_that_runs_goes_on_from_where_it_was_set() -> None:
    real = [REAL]
    clock = Clock.starting_at(THEN, frozen=False, real=lambda: real[0])

    real[0] += timedelta(seconds=5)

    assert clock.now() == THEN + timedelta(seconds=5)
    assert not clock.frozen


def test_a_clock_that_stands_stands() -> None:
    real = [REAL]
    clock = Clock.starting_at(THEN, frozen=True, real=lambda: real[0])

    real[0] += timedelta(seconds=5)

    assert clock.now() == THEN
    assert clock.frozen


def test_without_a_setting_it_shows_real_time() -> None:
    assert Clock(real=lambda: REAL).now() == REAL
    assert abs(Clock().now() - real_now()) < timedelta(minutes=1)


def test_a_stopwatch_goes_forward() -> None:
    assert stopwatch() <= stopwatch()


def test_a_clock_never_goes_back_when_the_real_one_is_set_back() -> None:
    real = [REAL]
    clock = Clock.starting_at(THEN, frozen=False, real=lambda: real[0])
    real[0] += timedelta(seconds=5)
    clock.now()

    real[0] -= timedelta(hours=2)
    shown = clock.now()
    real[0] += timedelta(seconds=1)

    assert shown == THEN + timedelta(seconds=5)
    assert clock.now() == THEN + timedelta(seconds=6)


def test_it_does_not_go_back_behind_where_it_was_set_either() -> None:
    real = [REAL]
    clock = Clock.starting_at(THEN, frozen=False, real=lambda: real[0])

    real[0] -= timedelta(days=400)

    assert clock.now() == THEN


def test_it_follows_the_real_one_forward_however_far() -> None:
    real = [REAL]
    clock = Clock.starting_at(THEN, frozen=False, real=lambda: real[0])
    clock.now()

    real[0] += timedelta(days=400)

    assert clock.now() == THEN + timedelta(days=400)


def test_a_clock_that_is_set_back_itself_goes_on_from_there() -> None:
    clock = Clock.starting_at(THEN, frozen=False, real=lambda: REAL)

    clock.set(THEN - timedelta(days=1), frozen=False)

    assert clock.now() == THEN - timedelta(days=1)
