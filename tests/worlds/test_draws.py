import pytest

from tests.api.exam_world import V2, advance
from tests.support import Vendor, running
from tests.worlds.events import starting, told


def with_examens(part: str, *, seed: int = 7, count: int = 1, groupe: str = "B") -> str:
    """Examens that all end at 08:32 on 14 April, a minute after the world begins."""
    creneaux = ", ".join(
        f"{{ref: c{n}, centre: sables, groupePermis: {groupe},"
        " dateHeureDebut: 2026-04-14T08:00:00, dateHeureFin: 2026-04-14T08:32:00}"
        for n in range(count)
    )
    examens = ", ".join(
        f"{{ref: e{n}, autoEcole: plesses, creneau: c{n}, candidat: ines}}" for n in range(count)
    )
    text = starting("2026-04-14T06:31:00Z", f"creneaux: [{creneaux}]\nexamens: [{examens}]\n")
    automatic = f"resultatsAutomatiques: {{part: {part}}}\n" if part else ""
    return text.replace("seed: 7", f"seed: {seed}") + automatic


def drawn(text: str, *stops: str) -> list[tuple[str | None, int | None]]:
    """The result of each examen after some advances."""
    with running(text) as application:
        vendor = Vendor(application)
        for stop in stops:
            advance(vendor, to=stop)
        store = vendor.world.store
        ids = store.references.by_ref()
        examens = [store.examens.get(ids[f"e{n}"]) for n in range(store.examens.count())]
        return [(examen.resultat, examen.points) for examen in examens]


END = "2026-04-14T06:32:00Z"


def test_a_resultat_is_drawn_when_an_examen_ends_and_not_before() -> None:
    text = with_examens("0.5")

    assert drawn(text, "2026-04-14T06:31:59Z") == [(None, None)]
    assert drawn(text, END) == drawn(text, "2026-05-14T06:32:00Z") != [(None, None)]


def test_without_the_key_nothing_is_drawn() -> None:
    assert drawn(with_examens(""), "2026-05-14T06:32:00Z") == [(None, None)]


@pytest.mark.parametrize(
    ("part", "resultat", "points"),
    [("1", "EXAMEN_REUSSI", range(20, 32)), ("0", "EXAMEN_ECHOUE", range(8, 30))],
)
def test_the_part_says_how_many_are_passed(part: str, resultat: str, points: range) -> None:
    results = drawn(with_examens(part, count=40), END)

    assert {found for found, _ in results} == {resultat}
    assert {count for _, count in results} <= set(points)
    assert len({count for _, count in results}) > 1


def test_draws_come_from_the_seed_however_time_passes() -> None:
    text = with_examens("0.6", count=40)

    once = drawn(text, END)

    assert drawn(text, "2026-04-14T06:31:30Z", "2026-04-14T06:40:00Z") == once
    assert drawn(with_examens("0.6", count=40, seed=8), END) != once
    assert 10 < sum(resultat == "EXAMEN_REUSSI" for resultat, _ in once) < 35


def test_however_many_examens_end_at_once_each_has_its_resultat() -> None:
    results = drawn(with_examens("0.5", count=130), END)

    assert len(results) == 130
    assert {resultat for resultat, _ in results} == {"EXAMEN_REUSSI", "EXAMEN_ECHOUE"}


def test_examens_that_ended_before_the_world_began_wait_and_hide_no_later_one() -> None:
    past = with_examens("0.5", count=130).replace("06:31:00Z", "06:32:00Z")
    later = past.replace("c129, centre: sables, groupePermis: B", "c129, centre: sables").replace(
        "creneaux: [",
        "creneaux: [{ref: c130, centre: sables, dateHeureDebut: 2026-04-14T09:00:00},",
    )
    later = later.replace(
        "examens: [", "examens: [{ref: e130, autoEcole: plesses, creneau: c130, candidat: ines},"
    )

    results = drawn(later, "2026-04-14T12:00:00Z")

    assert results[:130] == [(None, None)] * 130
    assert results[130] != (None, None)


@pytest.mark.parametrize("groupe", ["A", "CE"])
def test_points_are_drawn_for_groupe_b_alone(groupe: str) -> None:
    ((resultat, points),) = drawn(with_examens("1", groupe=groupe), END)

    assert (resultat, points) == ("EXAMEN_REUSSI", None)


def test_a_drawn_resultat_shows_the_next_morning() -> None:
    with running(with_examens("1")) as application:
        vendor = Vendor(application)
        ended = told(vendor, to="2026-04-15T05:59:59Z")
        hidden = vendor.as_("lea").get(f"{V2}/examens/{vendor.id_of('e0')}").json()["resultat"]
        shown = told(vendor, to="2026-04-15T06:00:00Z")
        seen = vendor.as_("lea").get(f"{V2}/examens/{vendor.id_of('e0')}").json()["resultat"]

    assert ended == [(END, "EXAMEN_TERMINE", "e0")]
    assert shown == [("2026-04-15T06:00:00Z", "RESULTAT_PUBLIE", "e0")]
    assert (hidden, seen["statut"]) == (None, "EXAMEN_REUSSI")
