"""Virtual écoles that take créneaux once they are published (docs/rules/concurrence.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from tests.api.exam_world import V2, advance, state_of
from tests.support import Vendor, instant, refusal_of, running

PUBLICATION = "2026-03-10T14:00:00Z"
TEN_SECONDS_LATER = "2026-03-10T14:00:10Z"
COUNT = 40

FREE = "DISPONIBLE"
MINE = "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"
THEIRS = "RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE"

YAML = {"content-type": "application/yaml"}


def world(
    concurrence: str | None = "{part: 1}",
    *,
    now: str = "2026-03-10T13:59:50Z",
    seed: int = 7,
    publication: str = PUBLICATION,
) -> str:
    """Forty créneaux of groupe A that appear at one instant, and an école that may take them."""
    creneaux = "".join(
        f"  - {{ref: c{n}, centre: sables, groupePermis: A, dateHeurePublication: {publication},\n"
        f"     dateHeureDebut: 2026-04-21T{8 + n // 10:02}:{n % 10 * 6:02}:00}}\n"
        for n in range(COUNT)
    )
    rivals = f"concurrence: {concurrence}\n" if concurrence else ""
    return f"""\
title: Huit auto-écoles qui n'existent pas
seed: {seed}
clock: {{now: {now}}}
limits: {{oauth.jetonSecondes: 5184000}}
{rivals}autoEcoles:
  - ref: plesses
    nom: Auto-École des Plesses
    codeDepartement: "085"
    employes: [{{ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}}]
    etp: [{{groupePermis: A, mois: 2026-03, valeur: 50.0}}]
centres: [{{ref: sables, nom: SABLES, codeDepartement: "085", groupesPermis: [A]}}]
creneaux:
{creneaux}"""


@contextmanager
def loaded(text: str) -> Iterator[Vendor]:
    with running(text) as application:
        yield Vendor(application).as_("lea")


def planning(lea: Vendor) -> dict[str, str]:
    """How each créneau reads, by its ref."""
    filtre = {"groupePermis": "A", "date": "2026-04-21", "centreId": lea.id_of("sables")}
    answer = lea.post(f"{V2}/planning/recherche", json={"filtre": filtre})
    assert answer.status_code == 200, answer.text
    refs = {id_: ref for ref, id_ in lea.world.store.references.by_ref().items()}
    creneaux = [element["creneauDuPlanning"] for element in answer.json()]
    return {refs[creneau["id"]]: creneau["statutDeReservation"] for creneau in creneaux}


def reading(lea: Vendor, statut: str) -> set[str]:
    """The créneaux that read so."""
    return {ref for ref, found in planning(lea).items() if found == statut}


def taken(lea: Vendor, **how: str) -> list[dict[str, str]]:
    """What virtual écoles take during an advance."""
    events = advance(lea, **how)
    return [event for event in events if event["type"] == "CRENEAU_PRIS_PAR_CONCURRENCE"]


def hold(lea: Vendor, *refs: str) -> str:
    """Put créneaux into a panier of Léane's; its path."""
    panier = f"{V2}/paniers/{lea.post(f'{V2}/paniers').json()['id']}"
    for ref in refs:
        answer = lea.post(f"{panier}/creneaux", json={"creneauId": lea.id_of(ref)})
        assert answer.status_code == 201, answer.text
    return panier


ALL = {f"c{n}" for n in range(COUNT)}


@pytest.mark.parametrize("now", ["2026-03-10T13:59:50Z", PUBLICATION])
def test_at_the_publication_all_are_free_and_ten_seconds_later_all_drawn_ones_are_taken(
    now: str,
) -> None:
    with loaded(world(now=now)) as lea:
        at_once = taken(lea, to=PUBLICATION)
        free = reading(lea, FREE)
        events = taken(lea, by="PT10S")
        theirs = reading(lea, THEIRS)

    assert at_once == []
    assert free == theirs == ALL
    assert len(events) == COUNT
    assert {event["concurrent"] for event in events} <= {f"concurrent-{n}" for n in range(1, 9)}
    assert len({event["concurrent"] for event in events}) > 1


def test_before_the_publication_nothing_is_known_and_nothing_is_taken() -> None:
    with loaded(world()) as lea:
        assert advance(lea, to="2026-03-10T13:59:59Z") == []
        assert planning(lea) == {}
        assert lea.world.store.prises.count() == 0


@pytest.mark.parametrize("concurrence", [None, "{part: 0}"])
def test_without_virtual_ecoles_or_with_a_part_of_zero_all_stays_free(
    concurrence: str | None,
) -> None:
    with loaded(world(concurrence)) as lea:
        assert taken(lea, by="PT1H") == []
        assert reading(lea, FREE) == ALL


def test_a_part_of_them_is_taken_and_the_rest_stays_free() -> None:
    with loaded(world("{part: 0.5}")) as lea:
        events = taken(lea, by="P1D")
        theirs, free = reading(lea, THEIRS), reading(lea, FREE)
        of_events = {event["creneauId"] for event in events}

        assert of_events == {lea.id_of(ref) for ref in theirs}

    assert 10 < len(theirs) < 30
    assert theirs | free == ALL
    assert theirs.isdisjoint(free)


def seconds_after(events: list[dict[str, str]]) -> list[float]:
    return [(instant(event["at"]) - instant(PUBLICATION)).total_seconds() for event in events]


def test_every_delay_lies_between_the_two_that_the_scenario_gives() -> None:
    with loaded(world("{part: 1, delaiSecondes: [60, 3600]}")) as lea:
        early = taken(lea, to="2026-03-10T14:00:59Z")
        delays = seconds_after(taken(lea, to="2026-03-10T15:00:00Z"))
        prises = list(lea.world.store.prises.all())

    assert early == []
    assert len(delays) == COUNT
    assert delays == sorted(delays)
    assert 60 <= min(delays) < 600
    assert 3000 < max(delays) <= 3600
    start = instant(PUBLICATION)
    exact = [(prise.date_heure - start).total_seconds() for prise in prises]
    assert all(60 <= delay <= 3600 for delay in exact)


def test_without_choice_a_delay_is_kept_to_the_second() -> None:
    with loaded(world("{part: 1, delaiSecondes: [30, 30]}")) as lea:
        assert taken(lea, to="2026-03-10T14:00:29Z") == []
        events = taken(lea, to="2026-03-10T14:00:30Z")

    assert seconds_after(events) == [30.0] * COUNT
    assert [event["creneauId"] for event in events] == sorted(
        event["creneauId"] for event in events
    )


def test_how_many_virtual_ecoles_there_are_is_for_the_scenario_to_say() -> None:
    with loaded(world("{part: 1, autoEcoles: 1}")) as lea:
        events = taken(lea, by="P1D")

    assert {event["concurrent"] for event in events} == {"concurrent-1"}


def test_the_same_seed_draws_the_same_whatever_the_order_of_calls() -> None:
    def story(text: str, *, restless: bool) -> list[dict[str, str]]:
        with loaded(text) as lea:
            if not restless:
                return taken(lea, to=TEN_SECONDS_LATER)
            hold(lea)
            advance(lea, to=PUBLICATION)
            hold(lea)
            planning(lea)
            events = [event for _ in range(5) for event in taken(lea, by="PT2S")]
            assert lea.world.clock.now() == instant(TEN_SECONDS_LATER)
            return events

    calm = story(world("{part: 0.7}"), restless=False)

    assert story(world("{part: 0.7}"), restless=True) == calm
    assert story(world("{part: 0.7}", seed=8), restless=False) != calm


def test_what_is_in_a_panier_by_then_is_not_taken() -> None:
    with loaded(world()) as lea:
        advance(lea, to=PUBLICATION)
        hold(lea, "c3", "c7")
        events = taken(lea, by="PT10S")

        assert reading(lea, MINE) == {"c3", "c7"}
        assert reading(lea, THEIRS) == ALL - {"c3", "c7"}
        assert len(events) == COUNT - 2


def test_what_is_reserved_by_then_is_not_taken() -> None:
    with loaded(world()) as lea:
        advance(lea, to=PUBLICATION)
        panier = hold(lea, "c3")
        assert lea.post(f"{panier}/valider").status_code == 200
        advance(lea, by="PT10S")

        assert reading(lea, MINE) == {"c3"}
        assert reading(lea, THEIRS) == ALL - {"c3"}


def test_who_comes_too_late_is_told_that_it_is_gone() -> None:
    with loaded(world()) as lea:
        advance(lea, to=TEN_SECONDS_LATER)
        panier = hold(lea)

        answer = lea.post(f"{panier}/creneaux", json={"creneauId": lea.id_of("c3")})

        assert refusal_of(answer) == (422, "CRENEAU_NON_DISPONIBLE")


def test_what_a_panier_lets_go_of_in_time_is_taken_still() -> None:
    with loaded(world("{part: 1, delaiSecondes: [60, 60]}")) as lea:
        advance(lea, to=PUBLICATION)
        panier = hold(lea, "c3")
        advance(lea, by="PT59S")
        assert lea.delete(f"{panier}/creneaux/{lea.id_of('c3')}").status_code == 204
        assert reading(lea, FREE) == ALL
        advance(lea, by="PT1S")

        assert reading(lea, THEIRS) == ALL


def test_a_creneau_that_is_freed_later_is_not_drawn_again() -> None:
    with loaded(world()) as lea:
        advance(lea, to=PUBLICATION)
        hold(lea, "c7")
        reserved = hold(lea, "c3")
        (examen,) = lea.post(f"{reserved}/valider").json()["data"]
        advance(lea, by="PT10S")
        assert lea.delete(f"{V2}/examens/{examen['examenId']}").status_code == 204
        expired = advance(lea, by="PT15M")
        again = taken(lea, by="P20D")

        assert [event["type"] for event in expired] == ["PANIER_EXPIRE"]
        assert again == []
        assert reading(lea, FREE) == {"c3", "c7"}


def test_virtual_ecoles_do_not_look_back_at_what_was_published_before() -> None:
    with loaded(world(publication="2026-03-10T13:00:00Z")) as lea:
        assert taken(lea, by="P20D") == []
        assert reading(lea, FREE) == ALL


def test_a_creneau_that_does_not_say_when_it_was_published_is_published_already() -> None:
    text = world().replace(f" dateHeurePublication: {PUBLICATION},", "")
    with loaded(text) as lea:
        assert taken(lea, by="P20D") == []
        assert reading(lea, FREE) == ALL


class Watch:
    """Real time, as the test sets it."""

    def __init__(self) -> None:
        self.shows = instant("2031-07-14T10:00:00Z")

    def __call__(self) -> datetime:
        return self.shows


def test_on_a_running_clock_they_are_gone_before_the_call_that_comes_too_late() -> None:
    real = Watch()
    with running(world(now="2026-03-10T13:59:50Z, frozen: false"), real=real) as application:
        lea = Vendor(application).as_("lea")
        real.shows += timedelta(seconds=10)
        free = reading(lea, FREE)
        real.shows += timedelta(seconds=10)
        theirs = reading(lea, THEIRS)

    assert free == theirs == ALL


@pytest.mark.parametrize("start", ["2026-03-10T13:59:50Z", PUBLICATION])
@pytest.mark.parametrize("stop", [PUBLICATION, "2026-03-10T14:00:02Z", TEN_SECONDS_LATER])
def test_a_world_that_is_written_out_goes_on_as_it_would_have(start: str, stop: str) -> None:
    with loaded(world("{part: 0.7}", now=start)) as lea:
        advance(lea, to=stop)
        state = state_of(lea)
        events = taken(lea, by="PT1H")
        end = state_of(lea)

        assert lea.put("/_mock/scenario", content=state.encode(), headers=YAML).status_code == 200
        assert state_of(lea) == state
        assert taken(lea, by="PT1H") == events
        assert state_of(lea) == end


def test_a_world_that_is_changed_meanwhile_goes_on_as_it_would_have() -> None:
    with loaded(world("{part: 0.7}")) as lea, loaded(world("{part: 0.7}")) as other:
        for vendor in (lea, other):
            advance(vendor, to="2026-03-10T14:00:02Z")
        lea.patch("/_mock/state", json={"limits": {"panier.capacite": 3}})

        assert taken(lea, by="PT1H") == taken(other, by="PT1H")
        assert reading(lea, THEIRS) == reading(other, THEIRS)


def test_virtual_ecoles_that_are_sent_away_take_nothing_more() -> None:
    with loaded(world("{part: 1, delaiSecondes: [60, 60]}")) as lea:
        lea.post("/_mock/clock/advance", json={"by": "PT30S"})
        assert lea.patch("/_mock/state", json={"concurrence": None}).status_code == 200
        told = lea.post("/_mock/clock/advance", json={"by": "PT10M"}).json()["events"]

    assert "CRENEAU_PRIS_PAR_CONCURRENCE" not in {event["type"] for event in told}
