import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from rdv_mock import paris
from rdv_mock.errors import Refusal
from rdv_mock.facts.livret import Lecon
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.parties import check_demande_active
from rdv_mock.store import Store
from tests.scenario.worlds import NOW, Load, dump, facts_of
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


def test_a_world_that_would_not_fit_is_refused_before_it_is_drawn() -> None:
    text = (
        "title: x\ninvent: {autoEcoles: 1, candidats: 200000, contratsParCandidat: 3,"
        " leconsParContrat: 200}"
    )

    with pytest.raises(Refusal) as refusal:
        build_store(text)

    (detail,) = refusal.value.details
    assert (detail.champ, detail.ligne) == ("invent", 2)
    assert detail.message == "ferait plus de 1500000 leçons en tout"
