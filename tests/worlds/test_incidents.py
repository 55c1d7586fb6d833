from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.incident import Incident
from rdv_mock.worlds.incidents import (
    MOST_INCIDENTS,
    MOST_SPENT,
    Incidents,
    Target,
    could_be_control,
    fits,
    matches,
)

TARGET = Target(
    operation="declarerLecon",
    method="POST",
    path="/api/v1/livret-numerique/contrats-de-formation/k1/lecons",
    employe_id="lea",
    auto_ecole_id="plesses",
)
NOBODY = replace(TARGET, employe_id=None, auto_ecole_id=None)
SECONDS_FOR_A_HOSTILE_PATTERN = 2


def struck_by(incidents: Incidents, calls: int, target: Target = TARGET) -> list[str | None]:
    """The id of the incident that strikes each of so many calls."""
    struck = [incidents.strike(target) for _ in range(calls)]
    return [armed.id if armed else None for armed in struck]


# Which calls


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"operation": "declarerLecon"},
        {"method": "POST"},
        {"method": "post"},
        {"path": TARGET.path},
        {"path": "/api/*/lecons"},
        {"employe": "lea"},
        {"auto_ecole": "plesses"},
        {"operation": "declarerLecon", "method": "Post", "path": "*", "employe": "lea"},
    ],
)
def test_an_incident_is_about_the_calls_that_agree_with_all_it_names(about: dict[str, Any]) -> None:
    assert matches(Incident(**about), TARGET)


@pytest.mark.parametrize(
    "about",
    [
        {"operation": "declarerlecon"},
        {"method": "GET"},
        {"path": "/api/v1/livret-numerique"},
        {"employe": "max"},
        {"auto_ecole": "autre"},
        {"operation": "declarerLecon", "employe": "max"},
        {"employe": "lea", "auto_ecole": "autre"},
    ],
)
def test_one_thing_that_does_not_agree_is_enough(about: dict[str, Any]) -> None:
    assert not matches(Incident(**about), TARGET)


@pytest.mark.parametrize("about", [{"employe": "lea"}, {"auto_ecole": "plesses"}])
def test_nobody_is_no_employe_and_of_no_ecole(about: dict[str, Any]) -> None:
    assert not matches(Incident(**about), NOBODY)
    assert matches(Incident(), NOBODY)


# Patterns


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/a/b", "/a/b"),
        ("*", "/a/b"),
        ("/a/*", "/a/"),
        ("/a/*", "/a/b/c"),
        ("*/c", "/a/b/c"),
        ("/a/*/c", "/a/b/b/c"),
        ("/*/b/*", "/a/b/c"),
        ("/a**c", "/a/b/c"),
        ("a*b*b", "abab"),
        ("*ab*ab*", "abab"),
        ("/a.c", "/a.c"),
        ("/[ab]*", "/[ab]c"),
    ],
)
def test_a_star_stands_for_anything_and_every_other_sign_for_itself(
    pattern: str, path: str
) -> None:
    assert fits(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/a/b", "/a/b/"),
        ("/a/b", "/a"),
        ("/a/*", "/a"),
        ("*/c", "/a/b/c/"),
        ("a*a", "a"),
        ("ab*ba", "aba"),
        ("*ab*ab*", "ab"),
        ("a*b*c", "acb"),
        ("/a.c", "/abc"),
        ("/[ab]*", "/ac"),
        ("/a?", "/ab"),
        (".*", "/a"),
        ("", "/a"),
    ],
)
def test_a_pattern_fits_a_whole_path_or_not_at_all(pattern: str, path: str) -> None:
    assert not fits(pattern, path)


@pytest.mark.parametrize(
    "pattern", ["*a" * 250, "(a+)+$" * 80, "*" * 500, "*aab" * 125, "a" * 499 + "*"]
)
def test_no_pattern_takes_its_time(pattern: str) -> None:
    began = perf_counter()

    fits(pattern, "a" * 60_000 + "!")

    assert perf_counter() - began < SECONDS_FOR_A_HOSTILE_PATTERN


@pytest.mark.parametrize(
    "pattern",
    ["*", "/*", "/_*", "/_mock", "/_mock/*", "/_mock/reset", "/_m*t", "*/reset", "/*/incidents"],
)
def test_what_could_be_the_control_plane_is_known(pattern: str) -> None:
    assert could_be_control(pattern)


@pytest.mark.parametrize(
    "pattern", ["/", "/api/*", "/realms/*", "/a*_mock", "/api/_mock", "/w/x/*", "/_", "/_moc"]
)
def test_what_cannot_be_the_control_plane_is_let_be(pattern: str) -> None:
    assert not could_be_control(pattern)


# When, and how often


def test_without_a_number_of_times_it_strikes_for_ever() -> None:
    assert struck_by(Incidents([Incident()]), 50) == ["incident-1"] * 50


def test_it_strikes_so_many_times_and_is_over() -> None:
    incidents = Incidents([Incident(times=2)])

    assert struck_by(incidents, 4) == ["incident-1", "incident-1", None, None]
    assert [armed.is_over for armed in incidents] == [True]


def test_it_strikes_after_so_many_calls_that_match() -> None:
    incidents = Incidents([Incident(method="POST", after=2, times=1)])
    struck_by(incidents, 5, replace(TARGET, method="GET"))

    assert struck_by(incidents, 4) == [None, None, "incident-1", None]


def test_the_first_declared_wins_and_hides_the_call_from_the_others() -> None:
    incidents = Incidents([Incident(times=2), Incident(after=1)])

    assert struck_by(incidents, 5) == [
        "incident-1",
        "incident-1",
        None,
        "incident-2",
        "incident-2",
    ]


def test_one_that_still_waits_leaves_the_call_to_the_next() -> None:
    incidents = Incidents([Incident(after=2), Incident()])

    assert struck_by(incidents, 3) == ["incident-2", "incident-2", "incident-1"]


def test_what_is_left_of_an_incident_is_what_it_would_still_do() -> None:
    incidents = Incidents([Incident(after=3, times=2), Incident(after=9)])
    left = []

    for _ in range(4):
        incidents.strike(TARGET)
        left.append([armed.left() for armed in incidents])

    assert [(first.after, first.times) for first, _ in left] == [(2, 2), (1, 2), (0, 2), (0, 1)]
    assert [(second.after, second.times) for _, second in left] == [
        (8, None),
        (7, None),
        (6, None),
        (6, None),
    ]


# Those that are spent


def test_a_spent_one_is_listed_where_it_was_declared_with_nothing_left() -> None:
    incidents = Incidents([Incident(method="GET"), Incident(times=1), Incident(method="PUT")])
    incidents.strike(TARGET)

    assert [(one.id, one.restants, one.is_over) for one in incidents] == [
        ("incident-1", None, False),
        ("incident-2", 0, True),
        ("incident-3", None, False),
    ]
    assert incidents.get("incident-2").struck == 1
    assert [one.id for one in incidents.armed] == ["incident-1", "incident-3"]


def test_no_call_looks_at_spent_ones() -> None:
    incidents = Incidents([Incident(times=1)])
    incidents.strike(TARGET)

    assert not incidents
    assert list(incidents.armed) == []


def test_the_last_spent_ones_are_remembered_as_many_as_are_of_use() -> None:
    incidents = Incidents([Incident(times=1)] * (MOST_SPENT + 2))

    struck_by(incidents, MOST_SPENT + 2)

    assert [one.id for one in incidents] == [f"incident-{3 + at}" for at in range(MOST_SPENT)]
    assert incidents.complaint_of(MOST_INCIDENTS) is None


def test_a_spent_one_can_be_removed_and_all_are_cleared() -> None:
    incidents = Incidents([Incident(times=1), Incident(times=1)])
    struck_by(incidents, 2)

    incidents.remove("incident-1")
    assert [one.id for one in incidents] == ["incident-2"]
    incidents.clear()

    assert list(incidents) == []


def test_armed_like_others_it_remembers_what_they_have_spent() -> None:
    others = Incidents([Incident(times=1), Incident()])
    others.strike(TARGET)
    incidents = Incidents()

    incidents.copy_from(others, count=2)

    assert [one.is_over for one in incidents] == [True, False]
    assert [one.id for one in incidents.spent] == ["incident-1"]


# Those that are armed


def test_an_id_is_never_given_twice() -> None:
    incidents = Incidents([Incident(), Incident()])
    incidents.remove("incident-2")
    third = incidents.declare(Incident())
    incidents.clear()

    assert third.id == "incident-3"
    assert incidents.declare(Incident()).id == "incident-4"


def test_one_that_is_removed_strikes_no_more_and_is_unknown() -> None:
    incidents = Incidents([Incident(), Incident()])

    incidents.remove("incident-1")

    assert struck_by(incidents, 1) == ["incident-2"]
    for refused in (incidents.get, incidents.remove):
        with pytest.raises(Refusal) as refusal:
            refused("incident-1")
        assert refusal.value.error is ApiError.INCIDENT_INCONNU


def test_there_are_some_until_all_are_cleared() -> None:
    incidents = Incidents([Incident()])
    assert incidents

    incidents.clear()

    assert not incidents
    assert struck_by(incidents, 1) == [None]


def test_armed_like_others_it_counts_apart_from_them() -> None:
    others = Incidents([Incident(times=2)])
    others.strike(TARGET)
    incidents = Incidents([Incident(), Incident()])

    incidents.copy_from(others, count=1)

    assert struck_by(incidents, 2) == ["incident-1", None]
    assert struck_by(others, 2) == ["incident-1", None]
    assert incidents.declare(Incident()).id == "incident-2"
