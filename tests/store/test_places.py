import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.capacite import Coefficient
from rdv_mock.facts.creneau import Creneau, Place, Reservation
from rdv_mock.facts.enumerations import (
    GroupePermis,
    StatutDuResultat,
    StatutExamen,
)
from rdv_mock.facts.examen import Examen
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.facts.world import WorldSettings
from rdv_mock.rules.examen import statut_of
from rdv_mock.store import Store
from rdv_mock.store.reservations import ReservationSearch
from tests.rules.facts import AUTO_ECOLE, CANDIDAT, CENTRE, CRENEAU, EXAMEN, MANDAT, PANIER
from tests.support import instant

DAY = date(2026, 4, 14)
NOW = instant("2026-03-10T08:00:00Z")
B = GroupePermis.B


@pytest.fixture
def store() -> Iterator[Store]:
    """An école, a candidat under its mandat, a centre, and nothing else."""
    settings = WorldSettings("test", "x", "", 0, None, clock_frozen=True)
    with closing(Store.new(settings, now=NOW)) as store:
        store.auto_ecoles.save(AUTO_ECOLE)
        store.centres.save(CENTRE)
        store.candidats.save(CANDIDAT)
        store.mandats.save(MANDAT)
        yield store


def offer(
    store: Store,
    id_: str,
    debut: str = "2026-04-14T08:00:00",
    *,
    centre: str = CENTRE.id,
    groupe: GroupePermis = B,
    inspecteur: str = "1357",
) -> Creneau:
    """Let there be a créneau."""
    begin = datetime.fromisoformat(debut)
    creneau = replace(
        CRENEAU,
        id=id_,
        centre_id=centre,
        groupe_permis=groupe,
        numero_inspecteur=inspecteur,
        date_heure_debut=begin,
        date_heure_fin=begin + timedelta(minutes=32),
    )
    store.creneaux.save(creneau)
    return creneau


def reserve(store: Store, id_: str, creneau: str, **changes: object) -> Examen:
    """Let an examen stand on a créneau."""
    examen = replace(EXAMEN, id=id_, creneau_id=creneau, **changes)  # type: ignore[arg-type]
    store.examens.save(examen)
    return examen


def open_panier(store: Store, id_: str, *creneaux: str, minutes: int = 15) -> Panier:
    """Let a panier hold créneaux."""
    fin = NOW + timedelta(minutes=minutes)
    panier = replace(PANIER, id=id_, date_heure_expiration=fin)
    store.paniers.save(panier)
    for creneau in creneaux:
        store.elements_du_panier.save(ElementDuPanier(f"{id_}/{creneau}", id_, creneau, None))
    return panier


def ids(places: object) -> list[str]:
    """The créneaux of places, in their order."""
    return [place.creneau.id for place in places]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ("creneaux", ApiError.CRENEAU_INCONNU),
        ("paniers", ApiError.PANIER_INCONNU),
        ("examens", ApiError.EXAMEN_INCONNU),
    ],
)
def test_what_is_unknown_is_refused_by_the_store_itself(
    store: Store, table: str, error: ApiError
) -> None:
    with pytest.raises(Refusal) as refusal:
        store.table(table).get("inconnu")

    assert refusal.value.error is error


def test_a_creneau_is_in_one_panier_at_most(store: Store) -> None:
    offer(store, "c1")
    open_panier(store, "p1", "c1")

    with pytest.raises(sqlite3.IntegrityError):
        open_panier(store, "p2", "c1")

    assert store.elements_du_panier.of("p2") == []


def test_an_element_may_be_saved_again_with_a_candidat(store: Store) -> None:
    offer(store, "c1")
    open_panier(store, "p1", "c1")
    (element,) = store.elements_du_panier.of("p1")

    store.elements_du_panier.save(replace(element, candidat_id=CANDIDAT.id))

    assert store.elements_du_panier.find_on("c1") == replace(element, candidat_id=CANDIDAT.id)


def test_a_free_place_is_a_creneau_with_its_centre_alone(store: Store) -> None:
    creneau = offer(store, "c1")

    place = store.places.find("c1")

    assert place == Place(creneau, CENTRE, examen=None, panier=None, element=None)
    assert place.is_free
    assert store.places.find("inconnu") is None


def test_a_place_knows_what_stands_on_it_and_what_holds_it(store: Store) -> None:
    offer(store, "c1")
    offer(store, "c2")
    examen, panier = reserve(store, "e1", "c1"), open_panier(store, "p1", "c2")

    taken, held = store.places.find("c1"), store.places.find("c2")

    assert taken is not None
    assert held is not None
    assert (taken.examen, taken.panier, taken.is_free) == (examen, None, False)
    assert (held.examen, held.panier, held.is_free) == (None, panier, False)
    assert held.element == ElementDuPanier("p1/c2", "p1", "c2", None)


@pytest.mark.parametrize(
    ("changes", "occupies"),
    [
        ({}, True),
        ({"date_heure_annulation": NOW}, False),
        ({"date_heure_annulation": NOW, "resultat": StatutDuResultat.EXAMEN_ANNULE}, True),
        ({"resultat": StatutDuResultat.EXAMEN_REUSSI}, True),
    ],
)
def test_a_cancelled_examen_leaves_its_creneau_unless_the_administration_annulled_it(
    store: Store, changes: dict[str, object], *, occupies: bool
) -> None:
    offer(store, "c1")
    examen = reserve(store, "e1", "c1", **changes)

    place = store.places.find("c1")

    assert place is not None
    assert examen.occupies is occupies
    assert place.examen == (examen if occupies else None)
    assert store.examens.find_on("c1") == (examen if occupies else None)


def test_a_creneau_that_was_given_back_twice_is_one_place_still(store: Store) -> None:
    offer(store, "c1")
    for number in range(2):
        reserve(store, f"e{number}", "c1", date_heure_annulation=NOW)
    last = reserve(store, "e3", "c1")

    (place,) = store.places.on_day(CENTRE.id, B, DAY)

    assert place.examen == last


def test_places_of_a_day_come_by_start_inspector_and_id(store: Store) -> None:
    store.centres.save(replace(CENTRE, id="ailleurs"))
    offer(store, "late", "2026-04-14T23:59:59")
    offer(store, "second", inspecteur="2000")
    offer(store, "b", inspecteur="1000")
    offer(store, "a", inspecteur="1000")
    offer(store, "early", "2026-04-14T00:00:00")
    offer(store, "before", "2026-04-13T23:59:59")
    offer(store, "after", "2026-04-15T00:00:00")
    offer(store, "moto", groupe=GroupePermis.A)
    offer(store, "far", centre="ailleurs")

    on_day = store.places.on_day(CENTRE.id, B, DAY)

    assert ids(on_day) == ["early", "a", "b", "second", "late"]


def test_free_places_are_those_of_a_centre_from_a_day_on(store: Store) -> None:
    store.centres.save(replace(CENTRE, id="loin"))
    for id_ in ("taken", "held", "free", "given-back"):
        offer(store, id_)
    offer(store, "later", "2026-04-20T08:00:00")
    offer(store, "sooner", "2026-04-13T23:59:59")
    offer(store, "earlier", "2026-04-14T00:00:00")
    offer(store, "far", centre="loin")
    offer(store, "moto", groupe=GroupePermis.A)
    reserve(store, "e1", "taken")
    reserve(store, "e2", "given-back", date_heure_annulation=NOW)
    open_panier(store, "p1", "held")

    first, *middle, last = ids(store.places.free_from(CENTRE.id, B, DAY))

    assert (first, set(middle), last) == ("earlier", {"free", "given-back"}, "later")


def test_a_panier_holds_its_places_in_the_order_of_addition(store: Store) -> None:
    for id_ in ("c1", "c2", "c3"):
        offer(store, id_)
    open_panier(store, "p1", "c3", "c1", "c2")
    open_panier(store, "p2")

    assert ids(store.places.of_panier("p1")) == ["c3", "c1", "c2"]
    assert ids(store.places.of_panier("p2")) == []


def used(store: Store, mois: str = "2026-04", groupe: str = "B", departement: str = "085") -> int:
    return store.places.count_used(AUTO_ECOLE.id, departement, groupe, mois)


def test_used_places_are_examens_and_what_paniers_hold(store: Store) -> None:
    store.centres.save(replace(CENTRE, id="loin", code_departement="044"))
    offer(store, "c1", "2026-04-01T00:00:00")
    offer(store, "c2", "2026-04-30T23:59:59")
    offer(store, "may", "2026-05-01T00:00:00")
    offer(store, "moto", groupe=GroupePermis.A)
    offer(store, "far", centre="loin")
    offer(store, "theirs")
    offer(store, "given-back")
    offer(store, "lost")
    reserve(store, "e1", "c1")
    reserve(store, "e2", "may")
    reserve(store, "e3", "theirs", auto_ecole_id="autre")
    reserve(store, "e4", "given-back", date_heure_annulation=NOW)
    annule = StatutDuResultat.EXAMEN_ANNULE
    reserve(store, "e5", "lost", date_heure_annulation=NOW, resultat=annule)
    open_panier(store, "p1", "c2", "far")
    open_panier(store, "p2", "moto")

    assert used(store) == 2
    assert used(store, "2026-05") == 1
    assert used(store, groupe="A") == 1
    assert used(store, departement="044") == 1
    assert store.places.count_used("autre", "085", "B", "2026-04") == 1


def test_replacements_are_counted_for_an_ecole_a_groupe_and_a_month(store: Store) -> None:
    offer(store, "c1", "2026-04-01T00:00:00")
    offer(store, "c2", "2026-04-30T23:59:59")
    offer(store, "may", "2026-05-01T00:00:00")
    offer(store, "moto", groupe=GroupePermis.A)
    reserve(store, "e1", "c1", nombre_de_remplacements=2)
    reserve(store, "e2", "c2", nombre_de_remplacements=1, date_heure_annulation=NOW)
    reserve(store, "e3", "may", nombre_de_remplacements=4)
    reserve(store, "e4", "moto", nombre_de_remplacements=8)
    reserve(store, "e5", "c2", nombre_de_remplacements=16, auto_ecole_id="autre")

    assert store.examens.count_remplacements(AUTO_ECOLE.id, B, "2026-04") == 3
    assert store.examens.count_remplacements(AUTO_ECOLE.id, B, "2026-06") == 0


def test_examens_of_an_ecole_come_by_start_and_id_between_two_days(store: Store) -> None:
    begins = ["2026-04-14T08:00:00", "2026-04-14T08:00:00", "2026-04-13T23:59:59"]
    for number, debut in enumerate([*begins, "2026-04-14T23:59:59", "2026-04-15T00:00:00"]):
        offer(store, f"c{number}", debut)
        reserve(store, f"e{9 - number}", f"c{number}")
    offer(store, "moto", groupe=GroupePermis.A)
    reserve(store, "e0", "moto")

    def found(**span: date) -> list[str]:
        reservations = store.reservations.of_auto_ecole(AUTO_ECOLE.id, B, **span)
        return [one.examen.id for one in reservations]

    assert found(since=DAY, until=DAY) == ["e8", "e9", "e6"]
    assert found(since=DAY) == ["e8", "e9", "e6", "e5"]
    assert found() == ["e7", "e8", "e9", "e6", "e5"]
    assert store.reservations.of_auto_ecole("autre", B) == []


def test_a_reservation_is_an_examen_with_its_when_and_where(store: Store) -> None:
    creneau = offer(store, "c1")
    examen = reserve(store, "e1", "c1")

    assert store.reservations.get("e1") == Reservation(examen, creneau, CENTRE)
    of_candidat = store.reservations.of_candidats([CANDIDAT.id, "inconnu"])
    assert of_candidat == [Reservation(examen, creneau, CENTRE)]
    assert store.reservations.of_candidats(["inconnu"]) == []
    with pytest.raises(Refusal) as refusal:
        store.reservations.get("c1")
    assert refusal.value.error is ApiError.EXAMEN_INCONNU


def test_the_next_place_without_a_name_is_the_earliest_that_stands(store: Store) -> None:
    for number, day in enumerate(["20", "18", "19", "17"]):
        offer(store, f"c{number}", f"2026-04-{day}T08:00:00")
    reserve(store, "e0", "c0", candidat_id=None)
    reserve(store, "e1", "c1", candidat_id=None, date_heure_annulation=NOW)
    reserve(store, "e2", "c2", candidat_id=None)
    reserve(store, "e3", "c3")
    offer(store, "c4", "2026-04-19T00:00:00")
    reserve(store, "e4", "c4", candidat_id=None)

    first = store.reservations.first_without_candidat()

    assert first is not None
    assert first.examen.id == "e4"
    on_day = store.reservations.without_candidat_on(date(2026, 4, 19))
    assert [one.examen.id for one in on_day] == ["e2", "e4"]


def test_paniers_come_oldest_first_and_the_current_one_is_the_youngest(store: Store) -> None:
    for id_, minutes in (("b", 0), ("a", 0), ("c", -5)):
        creation = NOW + timedelta(minutes=minutes)
        store.paniers.save(replace(PANIER, id=id_, date_heure_creation=creation))
    store.paniers.save(replace(PANIER, id="theirs", auto_ecole_id="autre", employe_id="max"))

    current = store.paniers.find_current(PANIER.employe_id)

    assert [panier.id for panier in store.paniers.of(AUTO_ECOLE.id)] == ["c", "b", "a"]
    assert current is not None
    assert current.id == "a"
    assert store.paniers.find_current("personne") is None


def test_paniers_expire_at_their_instant_by_id(store: Store) -> None:
    open_panier(store, "b")
    open_panier(store, "a")
    open_panier(store, "later", minutes=16)
    fin = NOW + timedelta(minutes=15)

    assert store.paniers.next_expiry() == fin
    assert store.paniers.expired(fin - timedelta(microseconds=1)) == []
    assert [panier.id for panier in store.paniers.expired(fin)] == ["a", "b"]


def test_without_paniers_nothing_expires(store: Store) -> None:
    assert store.paniers.next_expiry() is None


def test_a_coefficient_is_found_by_departement_groupe_and_month(store: Store) -> None:
    about = ("085", GroupePermis.B, "2026-04")
    known = Coefficient("k", *about, valeur=Decimal("4.333333"))
    store.coefficients.save(known)

    assert store.coefficients.find_for(*about) == known
    assert store.coefficients.find_for("044", *about[1:]) is None
    assert store.coefficients.find_for("085", GroupePermis.A, "2026-04") is None
    assert store.coefficients.find_for("085", GroupePermis.B, "2026-05") is None


def test_a_dossier_is_all_that_concerns_one_groupe(store: Store) -> None:
    creneau = offer(store, "c1")
    held = offer(store, "c2", groupe=GroupePermis.A)
    examen = reserve(store, "e1", "c1")
    open_panier(store, "p1", "c2")
    (element,) = store.elements_du_panier.of("p1")
    store.elements_du_panier.save(replace(element, candidat_id=CANDIDAT.id))

    dossier, other = (store.dossiers.get(CANDIDAT.id, groupe) for groupe in (B, GroupePermis.A))

    assert (dossier.candidat, dossier.mandat, other.mandat) == (CANDIDAT, MANDAT, None)
    assert dossier.reservations == (Reservation(examen, creneau, CENTRE),)
    assert dossier.en_panier == other.en_panier == (held,)
    with pytest.raises(Refusal) as refusal:
        store.dossiers.get("inconnu", B)
    assert refusal.value.error is ApiError.CANDIDAT_INCONNU


def test_who_forgets_a_panier_forgets_what_it_holds(store: Store) -> None:
    offer(store, "c1")
    offer(store, "c2")
    open_panier(store, "p1", "c1")
    open_panier(store, "p2", "c2")

    store.forget(store.paniers, "p1")

    assert [element.panier_id for element in store.elements_du_panier.all()] == ["p2"]
    place = store.places.find("c1")
    assert place is not None
    assert place.is_free


def test_places_survive_a_copy(store: Store) -> None:
    offer(store, "c1")
    reserve(store, "e1", "c1")
    store.sql.commit()

    with closing(store.copy()) as copy:
        assert copy.places.find("c1") == store.places.find("c1")
        assert copy.reservations.get("e1") == store.reservations.get("e1")


@pytest.mark.parametrize(
    "now",
    [
        "2026-10-24T23:59:59Z",  # 01:59:59 in Paris, in the night of 25 October 2026
        "2026-10-25T00:15:00Z",  # 02:15 for the first time
        "2026-10-25T00:59:59Z",
        "2026-10-25T01:10:00Z",  # 02:10 for the second time: what ends at 02:15 is over
        "2026-10-25T01:59:59Z",
        "2026-10-25T02:15:00Z",  # 03:15
    ],
)
def test_a_statut_is_in_sql_what_the_rule_says_when_clocks_go_back_too(
    store: Store, now: str
) -> None:
    for number, fin in enumerate(["02:00:00", "02:15:00", "02:59:59", "03:00:00", "03:15:00"]):
        end = datetime.fromisoformat(f"2026-10-25T{fin}")
        creneau = offer(store, f"c{number}")
        store.creneaux.save(
            replace(creneau, date_heure_debut=end - timedelta(minutes=30), date_heure_fin=end)
        )
        cancelled = replace(EXAMEN, id=f"a{number}", creneau_id=creneau.id)
        store.examens.save(replace(cancelled, date_heure_annulation=NOW))
        reserve(store, f"e{number}", f"c{number}")
    at = instant(now)
    all_ = store.reservations.of_auto_ecole(AUTO_ECOLE.id, B)

    for statut in StatutExamen:
        search = ReservationSearch(
            auto_ecole_id=AUTO_ECOLE.id, groupe_permis=B, statut=statut, now=at
        )
        expected = [one for one in all_ if statut_of(one, now=at) is statut]
        assert store.reservations.search(search) == expected
        assert store.reservations.page(search, page=1, par_page=2) == (expected[:2], len(expected))


def test_a_page_of_reservations_has_its_rows_alone(store: Store) -> None:
    for number in range(5):
        offer(store, f"c{number}", f"2026-04-1{number}T08:00:00")
        reserve(store, f"e{number}", f"c{number}")
    search = ReservationSearch(
        auto_ecole_id=AUTO_ECOLE.id,
        groupe_permis=B,
        statut=StatutExamen.PROGRAMME,
        now=NOW,
        since=date(2026, 4, 11),
        until=date(2026, 4, 13),
    )
    pages = [store.reservations.page(search, page=page, par_page=2) for page in (1, 2, 3, 10**30)]

    assert [[one.examen.id for one in found] for found, _ in pages] == [
        ["e1", "e2"],
        ["e3"],
        [],
        [],
    ]
    assert {total for _, total in pages} == {3}
