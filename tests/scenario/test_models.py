"""The keys of a scenario by which a world lives without anybody: concurrence, drawn results."""

from dataclasses import replace

import pytest
import yaml

from rdv_mock.facts.concurrence import Concurrence, Prise
from rdv_mock.facts.enumerations import StatutDuResultat
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_json, read_yaml
from rdv_mock.store import Store
from tests.scenario.worlds import NOW, Load, details_of, dump, everything_of, facts_of, problems_of
from tests.support import Vendor, instant, running

WORLD = """\
title: Une ruée
seed: 7
clock: {now: 2026-03-10T09:00:00+01:00}
concurrence: {autoEcoles: 3, delaiSecondes: [0.5, 2], part: 0.25}
resultatsAutomatiques: {part: 0.6}
autoEcoles: [{ref: plesses, nom: Les Plesses, codeDepartement: "085"}]
centres: [{ref: sables, nom: SABLES, codeDepartement: "085"}]
creneaux:
  - {ref: c1, centre: sables, dateHeureDebut: 2026-04-14T08:00:00}
  - {ref: c2, centre: sables, dateHeureDebut: 2026-04-14T08:32:00}
prises:
  - {creneau: c1, numeroAutoEcole: 2, dateHeure: 2026-03-10T08:00:02.25Z}
  - {creneau: c2, numeroAutoEcole: 1, dateHeure: 2026-03-01T08:00:00Z, estFaite: true}
"""
"""What two virtual écoles take of two créneaux: one is still to come."""

CONCURRENCE = Concurrence(3, (0.5, 2.0), 0.25)


def id_of(store: Store, ref: str) -> str:
    return store.references.by_ref()[ref]


def patch(store: Store, fragment: str) -> None:
    apply_fragment(read_yaml(fragment), store, now=NOW)


@pytest.fixture
def store(load: Load) -> Store:
    return load(WORLD)


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("{}", Concurrence(8, (0.5, 5.0), 0.9)),
        ("{part: 1}", Concurrence(8, (0.5, 5.0), 1.0)),
        ("{autoEcoles: 1, delaiSecondes: [0, 0], part: 0}", Concurrence(1, (0.0, 0.0), 0.0)),
        (
            "{autoEcoles: 1000, delaiSecondes: [31536000, 31536000]}",
            Concurrence(1000, (31_536_000.0, 31_536_000.0), 0.9),
        ),
    ],
)
def test_the_virtual_ecoles_are_eight_who_want_nearly_everything_at_once(
    load: Load, written: str, settled: Concurrence
) -> None:
    assert load(f"title: x\nconcurrence: {written}").settings().concurrence == settled


@pytest.mark.parametrize("part", ["0", "0.6", "1"])
def test_results_are_drawn_where_a_scenario_says_so(load: Load, part: str) -> None:
    settings = load(f"title: x\nresultatsAutomatiques: {{part: {part}}}").settings()

    assert settings.resultats_automatiques == float(part)


def test_without_a_word_nobody_competes_and_no_result_is_drawn(load: Load) -> None:
    settings = load("title: x").settings()

    assert (settings.concurrence, settings.resultats_automatiques) == (None, None)


def test_a_prise_is_still_to_come_unless_it_is_said_to_be_done(store: Store) -> None:
    c1, c2 = id_of(store, "c1"), id_of(store, "c2")

    assert facts_of(store)["prises"] == [
        Prise(f"{c1}/prise", c1, 2, instant("2026-03-10T08:00:02.25Z"), est_faite=False),
        Prise(f"{c2}/prise", c2, 1, instant("2026-03-01T08:00:00Z"), est_faite=True),
    ]


@pytest.mark.parametrize(
    ("text", "champ", "message"),
    [
        ("concurrence: {autoEcoles: 0}", "concurrence.autoEcoles", "doit être au moins 1"),
        ("concurrence: {autoEcoles: 1001}", "concurrence.autoEcoles", "doit être au plus 1000"),
        ("concurrence: {autoEcoles: 1.5}", "concurrence.autoEcoles", "doit être un nombre entier"),
        ("concurrence: {part: -0.1}", "concurrence.part", "doit être au moins 0"),
        ("concurrence: {part: 1.01}", "concurrence.part", "doit être au plus 1"),
        ("concurrence: {part: nan}", "concurrence.part", "doit être"),
        ("concurrence: {parts: 1}", "concurrence.parts", "n'est pas une clé connue ; vouliez-vous"),
        ("concurrence: {delaiSecondes: 5}", "concurrence.delaiSecondes", "doit être une liste"),
        ("concurrence: {delaiSecondes: [5]}", "concurrence.delaiSecondes[1]", "est obligatoire"),
        ("concurrence: {delaiSecondes: [1, 2, 3]}", "concurrence.delaiSecondes", "doit compter"),
        ("concurrence: {delaiSecondes: [-1, 2]}", "concurrence.delaiSecondes[0]", "doit être au"),
        ("concurrence: {delaiSecondes: [1, inf]}", "concurrence.delaiSecondes[1]", "doit être au"),
        (
            "concurrence: {delaiSecondes: [5, 0.5]}",
            "concurrence",
            "doit aller du plus court au plus long délai",
        ),
        ("concurrence: 8", "concurrence", "doit être un objet"),
        ("resultatsAutomatiques: {}", "resultatsAutomatiques.part", "est obligatoire"),
        ("resultatsAutomatiques: {part: 1.5}", "resultatsAutomatiques.part", "doit être au plus 1"),
        ("resultatsAutomatiques: {part: non}", "resultatsAutomatiques.part", "doit être un nombre"),
        ("resultatsAutomatiques: 0.6", "resultatsAutomatiques", "doit être un objet"),
        (
            "prises: [{creneau: c1, numeroAutoEcole: 1, dateHeure: 2026-03-10T08:00:00Z}]",
            "prises[0].creneau",
            "« c1 » ne désigne aucun objet de ce genre",
        ),
        (
            "prises: [{creneau: c1, numeroAutoEcole: 0, dateHeure: 2026-03-10T08:00:00Z}]",
            "prises[0].numeroAutoEcole",
            "doit être au moins 1",
        ),
        ("prises: [{creneau: c1, numeroAutoEcole: 1}]", "prises[0].dateHeure", "est obligatoire"),
        (
            "etpCalcules: [{autoEcole: a, groupePermis: B, mois: 2026-05,"
            " dateHeureCalcul: 2026-03-24T23:00:00Z}]",
            "etpCalcules[0].autoEcole",
            "« a » ne désigne aucun objet de ce genre",
        ),
        (
            "etpCalcules: [{autoEcole: a, groupePermis: CE, mois: 2026-05,"
            " dateHeureCalcul: 2026-03-24T23:00:00Z}]",
            "etpCalcules[0].groupePermis",
            "doit valoir A ou B",
        ),
        (
            "autonomies: [{lecon: l, minutes: 60, dateHeureCalcul: 2026-03-24T23:00:00Z}]",
            "autonomies[0].lecon",
            "« l » ne désigne aucun objet de ce genre",
        ),
        (
            "autonomies: [{lecon: l, minutes: 0, dateHeureCalcul: 2026-03-24T23:00:00Z}]",
            "autonomies[0].minutes",
            "doit être au moins 1",
        ),
    ],
)
def test_a_bad_value_is_told_in_french_with_its_line(text: str, champ: str, message: str) -> None:
    ((where, said, ligne),) = problems_of(f"title: x\n{text}")

    assert where == champ
    assert said.startswith(message)
    assert ligne == 2


def test_a_creneau_is_taken_once() -> None:
    again = "  - {creneau: c1, numeroAutoEcole: 3, dateHeure: 2026-03-10T08:00:03Z}\n"

    ((where, said, ligne),) = problems_of(WORLD + again)

    assert (where, said, ligne) == ("prises[2]", "est décrit deux fois", 14)


def test_all_of_it_is_dumped_and_comes_back(store: Store, load: Load) -> None:
    content = yaml.safe_load(dump(store))

    other = load(dump(store))

    assert content["concurrence"] == {"autoEcoles": 3, "delaiSecondes": [0.5, 2.0], "part": 0.25}
    assert content["resultatsAutomatiques"] == {"part": 0.6}
    assert [prise["estFaite"] for prise in content["prises"]] == [False, True]
    assert everything_of(other) == everything_of(store)


def test_nothing_of_it_is_dumped_where_there_is_none(load: Load) -> None:
    content = yaml.safe_load(dump(load("title: x")))

    assert {"concurrence", "resultatsAutomatiques"}.isdisjoint(content)
    assert content["prises"] == []


@pytest.mark.parametrize(
    ("fragment", "concurrence"),
    [
        ("concurrence: {part: 1}", replace(CONCURRENCE, part=1.0)),
        ("concurrence: {delaiSecondes: [3, 4]}", replace(CONCURRENCE, delai_secondes=(3.0, 4.0))),
        ("concurrence: {}", CONCURRENCE),
        ("concurrence: ~", None),
        ("title: Autre", CONCURRENCE),
    ],
)
def test_a_fragment_changes_the_virtual_ecoles_in_part_or_sends_them_away(
    store: Store, fragment: str, concurrence: Concurrence | None
) -> None:
    before = facts_of(store)

    patch(store, fragment)

    settings = store.settings()
    assert (settings.concurrence, settings.resultats_automatiques) == (concurrence, 0.6)
    if concurrence is None:  # those who are gone keep what they have taken, and take no more
        before["prises"] = [prise for prise in before["prises"] if prise.est_faite]
    assert facts_of(store) == before


@pytest.mark.parametrize(
    ("fragment", "part"),
    [
        ("resultatsAutomatiques: {part: 1}", 1.0),
        ("resultatsAutomatiques: ~", None),
        ("title: Autre", 0.6),
    ],
)
def test_a_fragment_begins_or_ends_the_drawing_of_results(
    store: Store, fragment: str, part: float | None
) -> None:
    patch(store, fragment)

    settings = store.settings()
    assert (settings.resultats_automatiques, settings.concurrence) == (part, CONCURRENCE)


def test_a_fragment_brings_virtual_ecoles_to_a_world_that_had_none(load: Load) -> None:
    store = load("title: x")

    apply_fragment(read_json(b'{"concurrence": {"part": 0.5}}'), store, now=NOW)

    assert store.settings().concurrence == Concurrence(8, (0.5, 5.0), 0.5)


def test_a_fragment_changes_what_becomes_of_a_creneau(store: Store) -> None:
    done = "prises: [{creneau: c1, numeroAutoEcole: 2, dateHeure: 2026-03-10T08:00:02Z"

    patch(store, f"{done}, estFaite: true}}]")

    c1 = id_of(store, "c1")
    assert store.prises.count() == 2
    assert store.prises.get(f"{c1}/prise").est_faite
    place = store.places.find(c1)
    assert place is not None
    assert not place.is_free


def test_a_bad_fragment_changes_nothing(store: Store) -> None:
    before = everything_of(store)
    fragment = "concurrence: {part: 1}\nprises: [{creneau: c9, numeroAutoEcole: 2, dateHeure: x}]"

    details_of(lambda: patch(store, fragment))

    assert everything_of(store) == before


def test_a_creneau_that_is_removed_takes_its_prise_with_it(store: Store) -> None:
    patch(store, "supprimer: [c2]")

    assert [prise.creneau_id for prise in store.prises.all()] == [id_of(store, "c1")]


def test_a_world_in_which_time_has_passed_goes_on_from_its_dump_as_it_would_have_without() -> None:
    text = (
        WORLD.replace("part: 0.25", "part: 1").split("prises:")[0]
        + """\
  - {ref: c3, centre: sables, dateHeureDebut: 2026-04-21T08:00:00,
     dateHeurePublication: 2026-03-10T14:00:00Z}
  - {ref: past, centre: sables, dateHeureDebut: 2026-03-10T10:00:00}
candidats: [{ref: ines, nom: Moreau, numeroDossier: 012345678901}]
examens: [{ref: e1, autoEcole: plesses, creneau: past, candidat: ines}]
"""
    )
    with running(text) as one, running(text) as two:
        here, there = Vendor(one), Vendor(two)
        for vendor in (here, there):
            vendor.post("/_mock/clock/advance", json={"to": "2026-03-10T14:00:00Z"})
        state = here.get("/_mock/state").text
        yaml_type = {"Content-Type": "application/yaml"}

        loaded = there.put("/_mock/scenario", content=state.encode(), headers=yaml_type)

        assert loaded.status_code == 200, loaded.text
        later = [
            vendor.post("/_mock/clock/advance", json={"by": "PT10S"}) for vendor in (here, there)
        ]
        assert later[0].json() == later[1].json()
        assert [event["type"] for event in later[0].json()["events"]] == [
            "CRENEAU_PRIS_PAR_CONCURRENCE"
        ]
        assert there.get("/_mock/state").text == here.get("/_mock/state").text
        examen = there.world.store.examens.get(there.id_of("e1"))
        assert examen.resultat in {StatutDuResultat.EXAMEN_REUSSI, StatutDuResultat.EXAMEN_ECHOUE}


def test_no_number_of_a_scenario_is_too_large_to_be_kept() -> None:
    favori = "{groupePermis: B, centre: x, priorite: 99999999999999999999}"
    ecole = f"{{nom: a, codeDepartement: '085', employes: [], centresFavoris: [{favori}]}}"

    (problem,) = problems_of(f"title: x\nautoEcoles: [{ecole}]")

    assert problem.champ == "autoEcoles[0].centresFavoris[0].priorite"
    assert problem.message == "doit être au plus 100000"


@pytest.mark.parametrize(
    ("key", "meant"), [("contrats", "contratsDeFormation"), ("ecoles", "autoEcoles")]
)
def test_a_part_of_a_key_is_understood(key: str, meant: str) -> None:
    (problem,) = problems_of(f"title: x\n{key}: []")

    assert problem.message.endswith(f"vouliez-vous dire « {meant} » ?")
