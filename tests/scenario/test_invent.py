import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from rdv_mock import paris
from rdv_mock.errors import Refusal
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.livret import Lecon
from rdv_mock.fixtures import default_limits
from rdv_mock.fixtures import load as load_fixture
from rdv_mock.rules.parties import check_demande_active
from rdv_mock.store import Store
from tests.scenario.worlds import NOW, Load, dump, facts_of, problems_of
from tests.support import SMALL, build_store

INVENTED = """\
title: x
seed: 5
clock: {now: 2026-03-10T09:00:00+01:00}
"""

CROWDED = INVENTED + (
    "invent: {autoEcoles: 2, formateursParAutoEcole: 2, candidats: 12, contratsParCandidat: 3,"
    " leconsParContrat: 60}"
)


def invent(asked: str) -> str:
    return f"{INVENTED}invent: {{{asked}}}"


def counts(store: Store) -> list[int]:
    tables = (
        store.auto_ecoles,
        store.bureaux,
        store.employes,
        store.formateurs,
        store.candidats,
        store.contrats_de_formation,
        store.lecons,
    )
    return [table.count() for table in tables]


def overlapping(lecons: Iterable[Lecon]) -> list[tuple[datetime, datetime]]:
    """The starts of leçons that begin before the one before them is over."""
    spans = sorted(
        (one.date_heure_debut, one.date_heure_debut + timedelta(minutes=one.duree_en_minutes))
        for one in lecons
    )
    return [(first, second) for (first, end), (second, _) in pairwise(spans) if second < end]


def test_the_same_seed_invents_the_same_world_and_another_one_another(load: Load) -> None:
    one, same = load(CROWDED), load(CROWDED)
    other = load(CROWDED.replace("seed: 5", "seed: 6"))

    assert facts_of(one) == facts_of(same)
    assert not {fact.id for fact in one.candidats.all()} & {
        fact.id for fact in other.candidats.all()
    }
    assert [fact.nom for fact in one.candidats.all()] != [
        fact.nom for fact in other.candidats.all()
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", [0, 0, 0, 0, 0, 0, 0]),
        ("autoEcoles: 2", [2, 2, 2, 6, 0, 0, 0]),
        ("candidats: 3, leconsParContrat: 9", [0, 0, 0, 0, 3, 0, 0]),
        ("autoEcoles: 1, candidats: 5, contratsParCandidat: 0", [1, 1, 1, 3, 5, 0, 0]),
        ("autoEcoles: 1, candidats: 5, contratsParCandidat: 1", [1, 1, 1, 3, 5, 5, 0]),
        (
            "autoEcoles: 4, formateursParAutoEcole: 2, candidats: 5, contratsParCandidat: 3,"
            " leconsParContrat: 4",
            [4, 4, 4, 8, 5, 15, 60],
        ),
        (
            "autoEcoles: 1, formateursParAutoEcole: 0, candidats: 2, contratsParCandidat: 1,"
            " leconsParContrat: 4",
            [1, 1, 1, 0, 2, 2, 0],
        ),
    ],
)
def test_as_much_is_invented_as_was_asked_for(load: Load, asked: str, expected: list[int]) -> None:
    assert counts(load(invent(asked))) == expected


def test_a_number_of_contrats_with_a_fraction_is_met_on_average(load: Load) -> None:
    store = load(invent("autoEcoles: 2, candidats: 400, contratsParCandidat: 1.5"))

    contrats = Counter(one.candidat_id for one in store.contrats_de_formation.all())

    assert set(contrats.values()) == {1, 2}
    assert sum(contrats.values()) == pytest.approx(600, rel=0.1)


def test_what_is_invented_comes_on_top_of_what_is_described(load: Load) -> None:
    described = load(SMALL)

    store = load(f"{SMALL}invent: {{autoEcoles: 2, candidats: 3}}")

    assert store.auto_ecoles.count() == described.auto_ecoles.count() + 2
    assert set(described.candidats.all()) < set(store.candidats.all())


def test_no_formateur_and_no_eleve_has_two_lecons_at_the_same_hour(load: Load) -> None:
    store = load(CROWDED)
    lecons = defaultdict(list)
    for lecon in store.lecons.all():
        lecons[lecon.numero_autorisation].append(lecon)
        lecons[store.contrats_de_formation.get(lecon.contrat_id).candidat_id].append(lecon)

    assert store.lecons.count() > 1_000
    assert {who: overlapping(his) for who, his in lecons.items() if overlapping(his)} == {}


def test_when_all_hours_are_taken_lecons_fall_out(load: Load) -> None:
    store = load(
        invent(
            "autoEcoles: 1, formateursParAutoEcole: 1, candidats: 10, contratsParCandidat: 3,"
            " leconsParContrat: 200"
        )
    )

    assert 500 < store.lecons.count() < 6_000
    assert overlapping(store.lecons.all()) == []


def test_every_lecon_lies_in_the_last_ninety_days_within_its_contrat(load: Load) -> None:
    store = load(CROWDED)

    for lecon in store.lecons.all():
        debut = paris.to_instant(lecon.date_heure_debut)
        end = debut + timedelta(minutes=lecon.duree_en_minutes)
        contrat = store.contrats_de_formation.get(lecon.contrat_id)
        assert contrat.date_heure_creation < debut
        assert NOW - timedelta(days=91) < debut
        assert lecon.date_heure_reception == end < NOW


def test_every_lecon_is_given_by_a_formateur_of_the_ecole(load: Load) -> None:
    store = load(CROWDED)
    teachers = {
        ecole.id: {one.numero_autorisation for one in store.formateurs.of(ecole.id)}
        for ecole in store.auto_ecoles.all()
    }

    for lecon in store.lecons.all():
        contrat = store.contrats_de_formation.get(lecon.contrat_id)
        assert lecon.numero_autorisation in teachers[contrat.auto_ecole_id]


def test_every_number_is_well_formed_and_nobody_shares_his(load: Load) -> None:
    store = load(invent("autoEcoles: 60, formateursParAutoEcole: 12, candidats: 120"))
    motif = default_limits().text("numeroAutorisation.motif")

    numbers = {
        motif: [one.numero_autorisation for one in store.formateurs.all()],
        r"\d{12}": [one.numero_dossier for one in store.candidats.all()],
        r"(\d{3}|02[AB])\d{7}": [one.aurige_id for one in store.auto_ecoles.all()],
        r"[^@ ]+@[^@ ]+\.test": [
            *(one.email or "" for one in store.candidats.all()),
            *(one.email for one in store.employes.all()),
        ],
    }

    for pattern, given in numbers.items():
        assert [one for one in given if not re.fullmatch(pattern, one)] == []
        assert len(set(given)) == len(given)
    assert all(re.fullmatch(r"\d{5}", one.code_postal) for one in store.auto_ecoles.all())


def test_every_contrat_is_one_that_the_api_would_have_accepted(load: Load) -> None:
    store = load(CROWDED)

    contrats = list(store.contrats_de_formation.all())

    assert len({(one.candidat_id, one.categorie_permis) for one in contrats}) == len(contrats)
    for contrat in contrats:
        check_demande_active(contrat.categorie_permis, store.demandes.of(contrat.candidat_id))


def test_an_invented_world_can_be_dumped_and_loaded(load: Load) -> None:
    store = load(CROWDED)

    assert facts_of(load(dump(store))) == facts_of(store)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "autoEcoles: 1, candidats: 200000, contratsParCandidat: 3, leconsParContrat: 200",
            "ferait plus de 1500000 leçons en tout",
        ),
        (
            "centres: 100, creneauxParJour: 100, jours: 51",
            "ferait plus de 500000 créneaux en tout",
        ),
    ],
)
def test_a_world_that_would_not_fit_is_refused_before_it_is_drawn(asked: str, message: str) -> None:
    with pytest.raises(Refusal) as refusal:
        build_store(f"title: x\ninvent: {{{asked}}}")

    (detail,) = refusal.value.details
    assert (detail.champ, detail.ligne) == ("invent", 2)
    assert detail.message == message


def test_places_that_would_not_fit_are_refused_whoever_described_their_centres() -> None:
    centres = "".join(f"  - {{nom: c{n}, codeDepartement: '085'}}\n" for n in range(101))
    head, jours = f"title: x\ncentres:\n{centres}", "invent: {creneauxParJour: 100, jours: 50}"

    ((champ, message, ligne),) = problems_of(head + jours)

    assert (champ, message) == ("invent", "ferait plus de 500000 créneaux en tout")
    assert ligne == 104


@pytest.mark.parametrize(
    ("asked", "champ", "message"),
    [
        ("centres: 101", "invent.centres", "doit être au plus 100"),
        ("centres: -1", "invent.centres", "doit être au moins 0"),
        ("creneauxParJour: 101", "invent.creneauxParJour", "doit être au plus 100"),
        ("jours: 366", "invent.jours", "doit être au plus 365"),
        ("jour: 3", "invent.jour", "n'est pas une clé connue ; vouliez-vous dire « jours » ?"),
    ],
)
def test_more_than_a_year_of_places_is_refused(asked: str, champ: str, message: str) -> None:
    assert problems_of(invent(asked)) == ((champ, message, 4),)


PLACES = """\
title: x
seed: 5
clock: {now: 2026-04-24T09:00:00+02:00}
centres:
  - {ref: autos, nom: a, codeDepartement: "085"}
  - {ref: motos, nom: b, codeDepartement: "085", groupesPermis: [A]}
  - {ref: camions, nom: c, codeDepartement: "085", groupesPermis: [CE, B]}
  - {ref: ferme, nom: d, codeDepartement: "085", estFerme: true}
invent: {creneauxParJour: 20, jours: 21}
"""
"""Around the first weeks of May, in which two public holidays fall on working days."""


def creneaux_of(store: Store, ref: str) -> list[Creneau]:
    """The créneaux of a centre, in order of time."""
    centre_id = store.references.by_ref()[ref]
    return store.creneaux.where(
        "centre_id = ? ORDER BY date_heure_debut, numero_inspecteur", centre_id
    )


def test_centres_are_drawn_from_the_reference_data_without_any_twice(load: Load) -> None:
    one, same = load(invent("centres: 12")), load(invent("centres: 12"))
    other = load(invent("centres: 12").replace("seed: 5", "seed: 6"))
    known = {(row["nom"], row["codeDepartement"]) for row in load_fixture("centres")}

    drawn = [(centre.nom, centre.code_departement) for centre in one.centres.all()]

    assert len(set(drawn)) == 12
    assert set(drawn) <= known
    assert not any(centre.est_ferme for centre in one.centres.all())
    assert list(same.centres.all()) == list(one.centres.all())
    assert [(centre.nom, centre.code_departement) for centre in other.centres.all()] != drawn


def test_as_many_centres_as_there_are_can_be_asked_for(load: Load) -> None:
    most = min(100, len(load_fixture("centres")))

    assert load(invent(f"centres: {most}")).centres.count() == most


def test_creneaux_are_invented_for_described_and_for_invented_centres(load: Load) -> None:
    store = load(PLACES.replace("invent: {", "invent: {centres: 2, "))

    per_centre = Counter(creneau.centre_id for creneau in store.creneaux.all())

    ferme = store.references.by_ref()["ferme"]
    assert per_centre.keys() == {centre.id for centre in store.centres.all()} - {ferme}
    assert len(set(per_centre.values())) == 1


def test_exams_are_held_on_working_days_only(load: Load) -> None:
    days = Counter(
        creneau.date_heure_debut.date() for creneau in creneaux_of(load(PLACES), "autos")
    )

    weeks = ["2026-04-27", "2026-04-28", "2026-04-29", "2026-04-30", "2026-05-04", "2026-05-05"]
    weeks += ["2026-05-06", "2026-05-07", "2026-05-11", "2026-05-12", "2026-05-13", "2026-05-15"]
    assert [str(day) for day in sorted(days)] == weeks
    assert set(days.values()) == {20}


@pytest.mark.parametrize(
    ("asked", "count"), [("creneauxParJour: 3", 3 * (6 * 5 - 1)), ("jours: 21", 0), ("", 0)]
)
def test_places_are_invented_for_six_weeks_unless_said_otherwise(
    load: Load, asked: str, count: int
) -> None:
    text = f"{invent(asked)}\ncentres: [{{ref: autos, nom: a, codeDepartement: '085'}}]"

    creneaux = list(load(text).creneaux.all())

    assert len(creneaux) == count
    easter_monday = date(2026, 4, 6)
    assert easter_monday not in {one.date_heure_debut.date() for one in creneaux}


@pytest.mark.parametrize(
    ("ref", "kinds"),
    [
        ("autos", {("B", "CIRCULATION"): 32}),
        ("motos", {("A", "PLATEAU"): 30, ("A", "CIRCULATION"): 40}),
        (
            "camions",
            {("CE", "PLATEAU"): 60, ("CE", "CIRCULATION"): 60, ("B", "CIRCULATION"): 32},
        ),
    ],
)
def test_each_kind_of_epreuve_is_held_and_lasts_as_the_limits_say(
    load: Load, ref: str, kinds: dict[tuple[str, str], int]
) -> None:
    found = {
        (one.groupe_permis, one.type_epreuve_pratique, one.date_heure_fin - one.date_heure_debut)
        for one in creneaux_of(load(PLACES), ref)
    }

    assert found == {
        (groupe, epreuve, timedelta(minutes=minutes))
        for (groupe, epreuve), minutes in kinds.items()
    }


def test_an_inspector_is_at_one_place_at_a_time(load: Load) -> None:
    seen = defaultdict(list)
    for creneau in creneaux_of(load(PLACES), "autos"):
        key = (creneau.date_heure_debut.date(), creneau.numero_inspecteur)
        seen[key].append((creneau.date_heure_debut, creneau.date_heure_fin))

    for spans in seen.values():
        assert all(end <= begin for (_, end), (begin, _) in pairwise(sorted(spans)))
    assert all(begin.hour >= 8 for spans in seen.values() for begin, _ in spans)


@pytest.mark.parametrize(
    ("limits", "days", "hour"),
    [
        ("", 42, "15:00"),
        ("limits: {publication.joursAvant: 7, publication.heure: '08:30'}\n", 7, "08:30"),
    ],
)
def test_places_are_published_at_three_in_paris_six_weeks_ahead(
    load: Load, limits: str, days: int, hour: str
) -> None:
    for creneau in load(PLACES + limits).creneaux.all():
        published = paris.to_local(creneau.date_heure_publication)
        assert creneau.date_heure_debut.date() - published.date() == timedelta(days=days)
        assert f"{published:%H:%M:%S}" == f"{hour}:00"


def test_limits_change_how_long_an_invented_creneau_lasts(load: Load) -> None:
    store = load(PLACES + "limits: {creneau.dureeMinutes.B: 45}\n")

    spans = {one.date_heure_fin - one.date_heure_debut for one in creneaux_of(store, "autos")}

    assert spans == {timedelta(minutes=45)}


def test_the_same_seed_invents_the_same_places(load: Load) -> None:
    one, same = load(PLACES), load(PLACES)
    other = load(PLACES.replace("seed: 5", "seed: 6"))

    assert facts_of(one) == facts_of(same)
    assert not {fact.id for fact in one.creneaux.all()} & {fact.id for fact in other.creneaux.all()}
    numbers = [[fact.numero_inspecteur for fact in store.creneaux.all()] for store in (one, other)]
    assert numbers[0] != numbers[1]


def test_more_candidats_do_not_move_the_places(load: Load) -> None:
    crowded = load(PLACES.replace("invent: {", "invent: {autoEcoles: 2, candidats: 9, "))

    assert list(crowded.creneaux.all()) == list(load(PLACES).creneaux.all())


def test_invented_places_can_be_dumped_and_loaded(load: Load) -> None:
    store = load(PLACES)

    assert facts_of(load(dump(store))) == facts_of(store)
