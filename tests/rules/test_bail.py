from datetime import timedelta

from rdv_mock.fixtures import default_limits
from rdv_mock.rules.bail import bail_end, spans_of, token_life
from tests.rules.night import bail
from tests.support import instant

LIMITS = default_limits()
LOGIN = instant("2026-01-12T09:00:00+01:00")


def test_a_bail_lasts_90_times_24_hours_across_the_change_of_hour() -> None:
    assert bail_end(LOGIN, LIMITS) == instant("2026-04-12T08:00:00Z")
    assert bail_end(LOGIN, LIMITS) == instant("2026-04-12T10:00:00+02:00")


def test_a_bail_lasts_longer_only_when_a_token_wants_it() -> None:
    assert bail_end(LOGIN, LIMITS, at_least=timedelta(days=1)) == bail_end(LOGIN, LIMITS)
    assert bail_end(LOGIN, LIMITS, at_least=timedelta(days=91)) == LOGIN + timedelta(days=91)


def test_no_token_outlives_its_bail() -> None:
    end = bail_end(LOGIN, LIMITS)
    asked = timedelta(minutes=5)

    assert token_life(asked, end, now=LOGIN) == asked
    assert token_life(asked, end, now=end - timedelta(minutes=1)) == timedelta(minutes=1)


def test_connections_that_touch_are_one() -> None:
    baux = [
        bail("2026-01-03T00:00Z", "2026-01-04T00:00Z"),
        bail("2026-01-01T00:00Z", "2026-01-02T00:00Z", "sables"),
        bail("2026-01-02T00:00Z", "2026-01-02T12:00Z"),
        bail("2026-01-01T00:00Z", "2026-01-01T12:00Z", "nantes"),
    ]

    assert spans_of(baux, "sables") == [
        instant(f"2026-01-{change}:00Z") for change in ("01T00", "02T12", "03T00", "04T00")
    ]
    assert spans_of(baux, "nantes")[:2] == [
        instant("2026-01-01T00:00Z"),
        instant("2026-01-01T12:00Z"),
    ]
    assert spans_of(baux, None) == spans_of(baux, "sables")


def test_a_connection_joins_the_one_before_it_not_the_first() -> None:
    baux = [
        bail("2026-01-01T00:00Z", "2026-01-02T00:00Z"),
        bail("2026-01-03T00:00Z", "2026-01-05T00:00Z"),
        bail("2026-01-04T00:00Z", "2026-01-04T12:00Z"),
        bail("2026-01-04T18:00Z", "2026-01-06T00:00Z"),
    ]

    assert spans_of(baux, None) == [
        instant(f"2026-01-{day}T00:00Z") for day in ("01", "02", "03", "06")
    ]


def test_a_connection_within_another_does_not_end_it() -> None:
    baux = [
        bail("2026-01-01T00:00Z", "2026-01-02T00:00Z"),
        bail("2026-01-03T00:00Z", "2026-01-05T00:00Z"),
        bail("2026-01-04T00:00Z", "2026-01-04T12:00Z"),
    ]

    assert spans_of(baux, None)[-1] == instant("2026-01-05T00:00Z")
