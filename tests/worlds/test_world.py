import sqlite3
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from unittest.mock import Mock

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.access import Token, TokenType
from rdv_mock.facts.world import ErrorOverride
from rdv_mock.rules.rate_limit import Bucket, Window
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_yaml
from rdv_mock.store import Store
from rdv_mock.worlds import agenda
from rdv_mock.worlds.contents import begin
from rdv_mock.worlds.events import Event, EventType, WorldState
from rdv_mock.worlds.world import LONGEST_ADVANCE, ResetScope, World
from tests.support import SMALL, agenda_with, build_store, change_named, instant

START = instant("2026-03-10T08:00:00Z")
REAL = instant("2031-07-14T10:00:00Z")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

BAIL = "baux: [{ref: b1, employe: lea, clientId: editeur-demo, debut: 2026-01-12T08:00:00Z}]\n"
FIN = instant("2026-04-12T08:00:00Z")
NUIT = instant("2026-03-24T23:00:00Z")
"""The first calculation night of the small world, which has three écoles."""

Make = Callable[[str], World]
R = TypeVar("R")


class Watch:
    """Real time, as the test sets it."""

    def __init__(self) -> None:
        self.shows = REAL

    def __call__(self) -> datetime:
        return self.shows

    def pass_by(self, duration: timedelta) -> None:
        self.shows += duration


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def make(watch: Watch) -> Iterator[Make]:
    """Makes worlds, and closes them when the test is over."""
    worlds: list[World] = []

    def make(text: str) -> World:
        worlds.append(World("essai", begin(build_store(text), real=watch)))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(make: Make) -> World:
    """The small world, whose clock stands still, with one bail."""
    return make(SMALL + BAIL)


def take_all(steps: Generator[Event, None, R]) -> R:
    """Take all steps of something, and tell what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: R = stop.value
            return result


def advance(
    world: World, to: datetime, *, now: datetime, frozen: bool | None = None
) -> list[Event]:
    return take_all(world.advance(to, now=now, frozen=frozen))


def catch_up(world: World, now: datetime) -> list[Event]:
    return list(world.catch_up(now))


def ends_in(events: list[Event]) -> list[datetime]:
    """When baux have ended."""
    return [event.at for event in events if event.type is EventType.BAIL_TERMINE]


def change(world: World, fragment: str) -> None:
    apply_fragment(read_yaml(fragment), world.store, now=world.clock.now())
    world.reload_settings()


def log_in(world: World, employe: str) -> None:
    """Give an employé a bail and a token."""
    change(
        world,
        f"baux: [{{ref: session, employe: {employe}, clientId: editeur-demo,"
        " debut: 2026-03-10T08:00:00Z}]",
    )
    ids = world.store.references.by_ref()
    token = Token(
        id="jeton",
        type=TokenType.ACCESS,
        bail_id=ids["session"],
        employe_id=ids[employe],
        client_id="editeur-demo",
        scopes=("rdvpermis",),
        date_heure_expiration=FIN,
    )
    with world.store.transaction():
        world.store.tokens.save(token)


def statements_of(world: World, act: Callable[[], object]) -> list[str]:
    """The SQL that something costs."""
    statements: list[str] = []
    world.store.sql.set_trace_callback(statements.append)
    act()
    world.store.sql.set_trace_callback(None)
    return statements


@pytest.mark.parametrize(
    ("clock", "start", "frozen"),
    [
        ("{now: 2026-03-10T09:00:00+01:00}", START, True),
        ("{now: 2026-03-10T09:00:00+01:00, frozen: false}", START, False),
        ("{frozen: true}", REAL, True),
        ("{}", REAL, False),
    ],
)
def test_a_clock_starts_where_the_scenario_says_and_runs_or_stands(
    make: Make, watch: Watch, clock: str, start: datetime, *, frozen: bool
) -> None:
    world = make(f"title: x\nclock: {clock}")
    assert world.clock.now() == start

    watch.pass_by(DAY)

    assert world.clock.frozen is frozen
    assert world.clock.now() == (start if frozen else start + DAY)


@pytest.mark.parametrize("by", [timedelta(), SECOND, DAY, LONGEST_ADVANCE])
def test_a_frozen_clock_stands_where_it_was_advanced_to(
    world: World, watch: Watch, by: timedelta
) -> None:
    advance(world, START + by, now=START)
    watch.pass_by(DAY)

    assert (world.clock.now(), world.clock.frozen) == (START + by, True)


def test_a_running_clock_goes_on_from_where_it_was_advanced_to(make: Make, watch: Watch) -> None:
    world = make("title: x")

    advance(world, REAL + DAY, now=REAL)
    watch.pass_by(SECOND)

    assert world.clock.now() == REAL + DAY + SECOND


@pytest.mark.parametrize(("frozen", "now"), [(True, REAL + DAY), (False, REAL + DAY + SECOND)])
@pytest.mark.parametrize("before", ["{}", "{frozen: true}"])
def test_a_clock_can_be_stopped_and_started(
    make: Make, watch: Watch, before: str, now: datetime, *, frozen: bool
) -> None:
    world = make(f"title: x\nclock: {before}")

    advance(world, REAL + DAY, now=REAL, frozen=frozen)
    watch.pass_by(SECOND)

    assert (world.clock.now(), world.clock.frozen) == (now, frozen)


@pytest.mark.parametrize("to", [START - SECOND, START + LONGEST_ADVANCE + SECOND])
def test_a_clock_goes_neither_back_nor_more_than_ten_years_at_once(
    world: World, to: datetime
) -> None:
    with pytest.raises(Refusal) as refusal:
        advance(world, to, now=START, frozen=False)

    assert refusal.value.error is ApiError.HORLOGE_EN_ARRIERE
    assert (world.clock.now(), world.clock.frozen) == (START, True)
    assert world.store.baux.next_end() == FIN


def test_a_clock_never_leaves_the_years_that_a_date_may_have(make: Make) -> None:
    world = make("title: x\nclock: {now: 2199-12-31T23:59:58Z}")
    now = world.clock.now()

    advance(world, now + SECOND, now=now)
    with pytest.raises(Refusal) as refusal:
        advance(world, now + 2 * SECOND, now=now + SECOND)

    assert refusal.value.error is ApiError.HORLOGE_EN_ARRIERE
    assert world.clock.now() == now + SECOND


@pytest.mark.parametrize(("to", "ended"), [(FIN - SECOND, 0), (FIN, 1)])
def test_what_falls_due_has_happened_when_an_advance_returns(
    world: World, to: datetime, ended: int
) -> None:
    events = advance(world, to, now=START)

    assert ends_in(events) == [FIN] * ended
    assert world.store.baux.get(world.store.references.by_ref()["b1"]).termine is bool(ended)
    assert not world.store.sql.in_transaction


def test_many_short_advances_are_one_long_one(make: Make) -> None:
    one, other = make(SMALL + BAIL), make(SMALL + BAIL)
    end = FIN + DAY

    long = advance(one, end, now=START)
    short = []
    while (now := other.clock.now()) < end:
        short += advance(other, min(now + timedelta(hours=7), end), now=now)

    assert short == long
    assert list(other.store.baux.all()) == list(one.store.baux.all())
    assert other.clock.now() == one.clock.now()


def test_an_advance_is_lived_through_a_step_at_a_time(world: World) -> None:
    before = world.store.etp_calcules.count()
    steps = world.advance(NUIT, now=START)

    first = next(steps)

    assert first.type is EventType.ETP_CALCULE
    assert (world.clock.now(), world.store.etp_calcules.count()) == (START, before + 1)
    assert len(take_all(steps)) == 6
    assert (world.clock.now(), world.store.etp_calcules.count()) == (NUIT, before + 6)


def test_an_advance_that_is_given_up_half_way_has_not_happened(world: World) -> None:
    before = world.store.etp_calcules.count()
    steps = world.advance(NUIT, now=START)
    next(steps)

    steps.close()

    assert not world.store.sql.in_transaction
    assert (world.clock.now(), world.store.etp_calcules.count()) == (START, before)
    assert len(advance(world, NUIT, now=START)) == 6


def test_what_crashes_half_way_has_not_happened_and_may_be_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_life: WorldState, _at: datetime) -> Iterator[Event]:
        raise ZeroDivisionError

    before = world.store.etp_calcules.count()
    broken = replace(change_named("access ends"), happen=crash)
    with monkeypatch.context() as patch:
        patch.setattr(agenda, "AGENDA", agenda_with(broken))
        with pytest.raises(ZeroDivisionError):
            advance(world, FIN, now=START)

    assert (world.clock.now(), world.store.etp_calcules.count()) == (START, before)
    assert world.is_due(NUIT)
    events = advance(world, FIN, now=START)
    assert ([event.at for event in events[:6]], ends_in(events)) == ([NUIT] * 6, [FIN])


def test_catching_up_with_nothing_due_does_not_touch_the_store(world: World) -> None:
    assert statements_of(world, lambda: catch_up(world, START)) != []

    assert statements_of(world, lambda: catch_up(world, NUIT - SECOND)) == []


def test_what_was_written_since_is_seen_when_catching_up(world: World) -> None:
    catch_up(world, START)
    (bail,) = world.store.baux.all()
    with world.store.transaction():
        world.store.baux.save(replace(bail, fin=START))

    assert [event.at for event in catch_up(world, START)] == [START]
    assert statements_of(world, lambda: catch_up(world, NUIT - SECOND)) == []


@pytest.mark.parametrize(
    ("scope", "state", "clock", "logged_in", "calls"),
    [
        (ResetScope.ALL, True, True, False, True),
        (ResetScope.STATE, True, False, True, False),
        (ResetScope.CLOCK, False, True, True, False),
        (ResetScope.LIMITS, False, False, True, True),
    ],
)
def test_a_reset_takes_back_what_its_scope_says_and_no_more(
    world: World, scope: ResetScope, *, state: bool, clock: bool, logged_in: bool, calls: bool
) -> None:
    bucket, window = Bucket("lea", crenodispo=False, calls=210), Window(START, seconds=1)
    change(world, "title: Changé\nlimits: {panier.capacite: 1}\nsupprimer: [ines]")
    log_in(world, "max")
    advance(world, START + DAY, now=START, frozen=False)
    world.rate_counter.count(bucket, window)

    world.reset(scope)

    refs = world.store.references.by_ref()
    assert ("ines" in refs) is state
    assert (world.settings.title == "Une école, un élève") is state
    assert (world.limits.integer("panier.capacite") == 36) is state
    assert (world.clock.now() == START) is clock
    assert world.clock.frozen is clock
    assert (world.store.tokens.find("jeton") is not None) is logged_in
    assert world.store.baux.count() == 1 + logged_in
    assert world.rate_counter.count(bucket, window) == (0 if calls else 1)


def test_a_reset_that_finds_no_memory_is_mended_by_another_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.settings
    with monkeypatch.context() as patched:
        patched.setattr(Store, "copy", Mock(side_effect=MemoryError))
        with pytest.raises(MemoryError):
            world.reset(ResetScope.ALL)

    world.reset(ResetScope.ALL)

    assert world.store.settings() == before


def test_a_reset_forgets_the_sessions_of_those_who_were_not_in_the_scenario(world: World) -> None:
    change(
        world,
        "autoEcoles: [{ref: autre, employes: [{ref: neuf, nom: a, prenom: b, email: c@d.test}]}]",
    )
    log_in(world, "neuf")

    world.reset(ResetScope.STATE)

    assert world.store.tokens.count() == 0
    assert [bail.fin for bail in world.store.baux.all()] == [FIN]


def test_a_bail_that_time_has_ended_is_alive_again_after_a_reset(world: World) -> None:
    advance(world, FIN, now=START)

    world.reset(ResetScope.ALL)

    assert [bail.termine for bail in world.store.baux.all()] == [False]
    assert ends_in(catch_up(world, FIN)) == [FIN]


def test_a_running_clock_without_hour_starts_anew_at_real_time(make: Make, watch: Watch) -> None:
    world = make("title: x")
    advance(world, REAL + DAY, now=REAL)
    watch.pass_by(SECOND)

    world.reset(ResetScope.CLOCK)

    assert world.clock.now() == REAL + SECOND


def test_a_world_can_become_that_of_another_scenario_for_good(world: World) -> None:
    log_in(world, "max")
    text = "title: Autre\nclock: {now: 2027-01-01T00:00:00Z}\nlimits: {panier.capacite: 2}"

    world.load(build_store(text))

    for _ in range(2):
        assert (world.settings.title, world.limits.integer("panier.capacite")) == ("Autre", 2)
        assert world.clock.now() == instant("2027-01-01T00:00:00Z")
        assert world.store.tokens.count() == world.store.candidats.count() == 0
        advance(world, instant("2027-02-01T00:00:00Z"), now=world.clock.now())
        world.reset(ResetScope.ALL)


def test_a_world_gives_back_what_it_no_longer_needs(watch: Watch) -> None:
    pristine, next_pristine = build_store(), build_store()
    world = World("essai", begin(pristine, real=watch))
    first = world.store
    world.reset(ResetScope.ALL)
    second = world.store
    world.load(next_pristine)
    third = world.store
    world.close()

    for store in (pristine, next_pristine, first, second, third):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            store.settings()


def test_worlds_know_nothing_of_each_other(make: Make) -> None:
    one, other = make(SMALL), make(SMALL)

    change(one, "title: Changé\nsupprimer: [ines]")
    advance(one, START + DAY, now=START)

    assert other.store.candidats.count() == 2
    assert other.settings.title == "Une école, un élève"
    assert other.clock.now() == START


def test_the_scenario_says_how_answers_are_formed(make: Make) -> None:
    world = make("title: x\nresponses: {errorKeys: code}\nerrors: {LECON_INCONNUE: {status: 410}}")

    assert world.responses.error_keys == "code"
    assert world.override_of(ApiError.LECON_INCONNUE) == ErrorOverride(410)
    assert world.override_of(ApiError.CONTRAT_INCONNU) == ErrorOverride()


@pytest.mark.parametrize(
    ("responses", "error_keys"), [("", "erreur"), ("responses: {errorKeys: code}", "code")]
)
def test_the_keys_of_a_refusal_are_those_of_the_server_unless_the_scenario_says_otherwise(
    responses: str, error_keys: str
) -> None:
    world = World("essai", begin(build_store(f"title: x\n{responses}")), error_keys="erreur")

    assert world.error_keys == error_keys
    world.close()


def test_calls_are_counted_by_bucket_and_window(world: World) -> None:
    lea = Bucket("lea", crenodispo=False, calls=210)
    search = Bucket("lea", crenodispo=True, calls=210)
    first, second = Window(START, seconds=1), Window(START + SECOND, seconds=1)

    counts = [
        world.rate_counter.count(bucket, window)
        for bucket, window in [
            (lea, first),
            (lea, first),
            (search, first),
            (lea, first),
            (lea, second),
            (lea, second),
        ]
    ]

    assert counts == [0, 1, 0, 2, 0, 1]


def test_what_the_clock_has_gone_back_behind_is_due_once_more(world: World) -> None:
    def nights() -> list[Event]:
        happened = take_all(world.advance(NUIT, now=world.clock.now()))
        return [event for event in happened if event.type is EventType.ETP_CALCULE]

    first = nights()
    world.reset(ResetScope.CLOCK)

    assert first
    assert nights() == first
