from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock import paris
from tests.support import instant


def test_in_the_hour_that_autumn_doubles_the_first_one_is_meant() -> None:
    assert paris.to_instant(datetime(2026, 10, 25, 2, 30)) == instant("2026-10-25T00:30:00Z")


def test_the_hour_that_spring_skips_does_not_exist() -> None:
    assert paris.exists(datetime(2026, 3, 29, 1, 59, 59))
    assert not paris.exists(datetime(2026, 3, 29, 2, 0))
    assert not paris.exists(datetime(2026, 3, 29, 2, 59, 59))
    assert paris.exists(datetime(2026, 3, 29, 3, 0))


@pytest.mark.parametrize(
    ("debut", "minutes", "end"),
    [
        (datetime(2026, 3, 9, 23, 30), 60, datetime(2026, 3, 10, 0, 30)),
        (datetime(2026, 3, 29, 1, 30), 60, datetime(2026, 3, 29, 3, 30)),
        (datetime(2026, 10, 25, 2, 0), 60, datetime(2026, 10, 25, 2, 0)),
        (datetime(2026, 10, 25, 1, 30), 120, datetime(2026, 10, 25, 2, 30)),
        (datetime(2026, 12, 31, 23, 0), 60, datetime(2027, 1, 1, 0, 0)),
    ],
)
def test_a_duration_runs_on_the_time_line(debut: datetime, minutes: int, end: datetime) -> None:
    assert paris.end_of(debut, minutes=minutes) == end


AROUND_CHANGES = st.sampled_from([datetime(2026, 3, 29), datetime(2026, 10, 25)]).flatmap(
    lambda day: st.integers(-300, 600).map(lambda minutes: day + timedelta(minutes=minutes))
)


@given(AROUND_CHANGES, st.integers(0, 600))
def test_near_a_change_of_hour_a_duration_runs_on_the_time_line_too(
    debut: datetime, minutes: int
) -> None:
    end = paris.to_instant(debut) + timedelta(minutes=minutes)

    assert paris.exists(debut) is (paris.to_local(paris.to_instant(debut)) == debut)
    if paris.exists(debut):
        assert paris.end_of(debut, minutes=minutes) == paris.to_local(end)


def test_a_day_begins_at_midnight_in_paris() -> None:
    assert paris.midnight(date(2026, 4, 10)) == instant("2026-04-09T22:00:00Z")
    assert paris.day_of(instant("2026-04-09T22:00:00Z")) == date(2026, 4, 10)
    assert paris.day_of(instant("2026-04-09T21:59:59Z")) == date(2026, 4, 9)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(-24, 24))
def test_months_add_up(day: date, count: int) -> None:
    mois = paris.mois_of(day)

    assert paris.first_day(mois) == day.replace(day=1)
    assert paris.add_months(paris.add_months(mois, count), -count) == mois


@pytest.mark.parametrize(
    ("mois", "count", "sum_"), [("2026-12", 1, "2027-01"), ("2026-01", -1, "2025-12")]
)
def test_a_year_has_twelve_months(mois: str, count: int, sum_: str) -> None:
    assert paris.add_months(mois, count) == sum_


@pytest.mark.parametrize(
    ("local", "text"),
    [
        (datetime(2026, 1, 12, 8), "2026-01-12T07:00:00Z"),
        (datetime(2026, 3, 29, 3), "2026-03-29T01:00:00Z"),
        (datetime(2026, 10, 25, 2, 30), "2026-10-25T00:30:00Z"),
    ],
)
def test_a_wall_time_has_its_place_on_the_time_line(local: datetime, text: str) -> None:
    assert paris.seconds(local) == datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("now", "written"),
    [
        ("2026-03-10T08:00:00Z", "2026-03-10T09:00:00+01:00"),
        ("2026-07-10T08:00:00.9Z", "2026-07-10T10:00:00+02:00"),
        ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"),
        ("1899-11-23T23:50:39Z", "1899-11-23T23:59:39+00:09"),
    ],
)
def test_an_instant_is_written_with_the_offset_that_paris_has_then(now: str, written: str) -> None:
    assert paris.write(datetime.fromisoformat(now)) == written
