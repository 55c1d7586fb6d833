from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from tests.api.exam_world import advance, change, state_of
from tests.control.etp.support import (
    HUGO,
    LECONS_OF_A,
    LECONS_OF_B,
    NIGHT,
    SIMULATOR,
    alone,
    by_number,
    declare,
    etp_of,
    etp_read,
    explained,
    given,
    living,
    told,
    written,
)
from tests.scenario.worlds import Load, dump, facts_of, problems_of
from tests.support import LIVRET, Vendor, running

MONTHS = [f"2026-{month:02}" for month in range(3, 8)]
LATER = "2026-06-25T00:00:00+02:00"


@pytest.fixture
def lea() -> Iterator[Vendor]:
    """An école with hours in a vehicle and alone on a simulator, before the night of March."""
    with living(
        {"ref": "l1", **given("2026-02-10T08:00", 240, numeroAutorisation=HUGO)},
        *({"ref": f"s{month}", **alone(f"2026-0{month}-12T08:00", 120)} for month in (1, 2, 3)),
        {"ref": "s4", **alone("2026-02-13T08:00", 240, "max")},
    ) as lea:
        yield lea


def load_into(vendor: Vendor, state: str) -> None:
    """Become the world that a state describes."""
    headers = {"Content-Type": "application/yaml"}
    answer = vendor.put("/_mock/scenario", content=state.encode(), headers=headers)
    assert answer.status_code == 200, answer.text


def test_a_night_is_written_with_everyones_part(lea: Vendor) -> None:
    advance(lea, to=NIGHT)

    content = yaml.safe_load(state_of(lea))

    (may,) = (
        one
        for one in content["etpCalcules"]
        if (one["mois"], one["groupePermis"]) == ("2026-05", "B")
    )
    assert may == {
        "autoEcole": "plesses",
        "groupePermis": "B",
        "mois": "2026-05",
        "dateHeureCalcul": "2026-03-24T23:00:00Z",
        "parts": [
            {
                "numeroAutorisation": HUGO,
                "formateur": "hugo",
                "codeDepartement": "085",
                "etp": "1.3",
            },
            {
                "numeroAutorisation": "A0850004560",
                "formateur": "maud",
                "codeDepartement": "085",
                "etp": "0.0",
            },
            {"numeroAutorisation": SIMULATOR, "codeDepartement": "085", "etp": "2.7"},
        ],
    }
    assert content["autonomies"] == [
        {"lecon": "s1", "minutes": 120, "dateHeureCalcul": "2026-02-24T23:00:00Z"},
        {"lecon": "s2", "minutes": 120, "dateHeureCalcul": "2026-03-24T23:00:00Z"},
        {"lecon": "s4", "minutes": 240, "dateHeureCalcul": "2026-03-24T23:00:00Z"},
    ]


def test_what_a_night_has_found_outlives_a_formateur_who_leaves(lea: Vendor) -> None:
    _lose_the_formateur(lea)

    query = {"mois": "2026-05", "groupe-permis": "B"}
    answer = lea.get(f"{LIVRET}/etp", params=query).json()

    assert answer["etp"] == 4.0
    assert [one["etp"] for one in answer["formateurs"]] == [0.0]


def _live(vendor: Vendor) -> None:
    advance(vendor, to="2026-04-25T00:00:00+02:00")


def _declare_late(vendor: Vendor) -> None:
    advance(vendor, to="2026-03-25T00:00:01+01:00")
    declare(vendor, "zoe B TRADITIONNELLE", "2026-02-20T08:00")
    declare(vendor, "zoe B TRADITIONNELLE", "2025-12-20T08:00")


def _correct_late(vendor: Vendor) -> None:
    advance(vendor, to=NIGHT)
    change(vendor, lecons=[{"ref": "l1", "dureeEnMinutes": 60}])


def _lose_the_demande(vendor: Vendor) -> None:
    advance(vendor, to=NIGHT)
    change(
        vendor,
        candidats=[{"ref": "zoe", "demandes": [{"categoriePermis": "B", "statut": "EXPIREE"}]}],
    )


def _lose_the_bureau(vendor: Vendor) -> None:
    advance(vendor, to=NIGHT)
    change(vendor, supprimer=["sables"])


def _lose_the_formateur(vendor: Vendor) -> None:
    advance(vendor, to=NIGHT)
    change(vendor, supprimer=["hugo"])


def _lose_the_simulator(vendor: Vendor) -> None:
    advance(vendor, to=NIGHT)
    change(vendor, autoEcoles=[{"ref": "plesses", "simulateurs": []}])


def _withdraw_what_was_counted(vendor: Vendor) -> None:
    advance(vendor, to=NIGHT)
    change(vendor, supprimer=["s1"])


def _give_the_contrat_to_another(vendor: Vendor) -> None:
    advance(vendor, to=NIGHT)
    change(vendor, contratsDeFormation=[{"ref": "zoe B TRADITIONNELLE", "candidat": "max"}])


def _move_the_ecole(vendor: Vendor) -> None:
    advance(vendor, to=NIGHT)
    change(
        vendor,
        autoEcoles=[{"ref": "plesses", "codeDepartement": "044"}],
        limits={"etp.baseMensuelle": 2, "etp.simulateurAutonomieHeures": 2},
    )


HAPPENINGS = [
    _live,
    _declare_late,
    _correct_late,
    _lose_the_demande,
    _lose_the_bureau,
    _lose_the_formateur,
    _lose_the_simulator,
    _withdraw_what_was_counted,
    _give_the_contrat_to_another,
    _move_the_ecole,
]


@pytest.mark.parametrize("happened", HAPPENINGS)
def test_a_written_world_loads_back_byte_for_byte(
    lea: Vendor, happened: Callable[[Vendor], None]
) -> None:
    happened(lea)
    written_state = state_of(lea)
    parts = facts_of(lea.world.store)["parts_calculees"]
    etp = {mois: etp_read(lea, mois) for mois in MONTHS}

    load_into(lea, written_state)
    again = state_of(lea)
    lea = lea.as_("lea")

    assert again == written_state
    assert facts_of(lea.world.store)["parts_calculees"] == parts
    assert {mois: etp_read(lea, mois) for mois in MONTHS} == etp


@pytest.mark.parametrize("happened", HAPPENINGS)
def test_a_copy_of_a_world_lives_on_as_the_world_does(
    lea: Vendor, happened: Callable[[Vendor], None]
) -> None:
    happened(lea)
    with running(state_of(lea)) as application:
        copy = Vendor(application)
        advance(copy, to=LATER)
        advance(lea, to=LATER)

        assert state_of(copy) == state_of(lea)


def test_a_large_night_is_written_and_read_to_the_last_part(load: Load) -> None:
    lecons = [{**one, "ref": f"{order}"} for order, one in enumerate(LECONS_OF_B + LECONS_OF_A)]
    store = load(written(lecons, now=NIGHT))

    other = load(dump(store))

    assert facts_of(other) == facts_of(store)
    assert store.etp_calcules.count() > 0
    assert store.autonomies.count() == 40


def test_what_a_lecon_received_late_would_have_brought_stays_away(lea: Vendor) -> None:
    _declare_late(lea)
    load_into(lea, state_of(lea))
    lea = lea.as_("lea")

    assert etp_of(lea, "2026-05") == 4.0
    assert told(lea, "2026-05")["2026-02-20T08:00"] == (0.0, "RECEPTION_TARDIVE")


def test_results_may_be_given_and_then_no_night_is_replayed() -> None:
    night = {
        "autoEcole": "plesses",
        "groupePermis": "B",
        "mois": "2026-03",
        "dateHeureCalcul": "2026-01-25T00:00:00+01:00",
        "parts": [
            {
                "numeroAutorisation": HUGO,
                "formateur": "hugo",
                "codeDepartement": "044",
                "etp": 2.5,
            }
        ],
    }
    with living(given("2026-01-10T08:00", 180), etpCalcules=[night]) as lea:
        found = etp_read(lea, "2026-04")

        assert (found["etp"], by_number(found)[HUGO]) == (2.5, 2.5)
        body = explained(lea, "2026-04")
        assert (body["etp"], body["etpCalcule"], body["origine"]) == (2.5, 1.0, "calcul")


def test_an_empty_list_of_results_says_that_no_night_has_found_anything() -> None:
    with living(given("2026-01-10T08:00", 180), etpCalcules=[]) as lea:
        assert etp_of(lea, "2026-04") == 0.0


def test_a_night_given_for_later_holds_from_its_instant_on() -> None:
    night = {
        "autoEcole": "plesses",
        "groupePermis": "B",
        "mois": "2026-03",
        "dateHeureCalcul": "2026-03-11T00:00:00Z",
        "parts": [{"numeroAutorisation": HUGO, "codeDepartement": "085", "etp": 2.5}],
    }
    with living(etpCalcules=[night]) as lea:
        before = etp_of(lea, "2026-03")
        advance(lea, to="2026-03-11T00:00:00Z")

        assert (before, etp_of(lea, "2026-03")) == (0.0, 2.5)


def test_what_is_used_up_alone_may_be_given() -> None:
    used = [{"lecon": "old", "minutes": 240, "dateHeureCalcul": "2026-01-25T00:00:00+01:00"}]
    lecons = [
        {"ref": "old", **alone("2025-11-10T08:00", 240)},
        alone("2026-02-10T08:00", 120),
    ]
    with living(*lecons, etpCalcules=[], autonomies=used) as lea:
        advance(lea, to=NIGHT)

        assert told(lea, "2026-05") == {
            "2026-02-10T08:00": (1.0, "SIMULATEUR_AUTONOMIE_DEPASSEE"),
        }


def test_a_fragment_may_bring_the_result_of_a_night(lea: Vendor) -> None:
    change(
        lea,
        etpCalcules=[
            {
                "autoEcole": "plesses",
                "groupePermis": "B",
                "mois": "2026-04",
                "dateHeureCalcul": "2026-02-25T00:00:00+01:00",
                "parts": [{"numeroAutorisation": SIMULATOR, "codeDepartement": "085", "etp": 0.7}],
            }
        ],
    )

    found = etp_read(lea, "2026-04")
    assert (found["etp"], by_number(found)) == (
        0.7,
        {HUGO: 0.0, "A0850004560": 0.0, SIMULATOR: 0.7},
    )


NIGHT_OF_MARCH = {
    "autoEcole": "plesses",
    "groupePermis": "B",
    "mois": "2026-05",
    "dateHeureCalcul": "2026-03-24T23:00:00Z",
}
PART = {"numeroAutorisation": SIMULATOR, "codeDepartement": "085", "etp": 0.1}
HOUR_ALONE = {"lecon": "l1", "minutes": 60, "dateHeureCalcul": "2026-03-24T23:00:00Z"}


@pytest.mark.parametrize(
    ("key", "items", "champ"),
    [
        ("etpCalcules", [{**NIGHT_OF_MARCH, "autoEcole": "hugo"}], "etpCalcules[0].autoEcole"),
        ("etpCalcules", [{**NIGHT_OF_MARCH, "groupePermis": "CE"}], "etpCalcules[0].groupePermis"),
        ("etpCalcules", [{**NIGHT_OF_MARCH, "mois": "2026-13"}], "etpCalcules[0].mois"),
        ("etpCalcules", [NIGHT_OF_MARCH, NIGHT_OF_MARCH], "etpCalcules[1]"),
        (
            "etpCalcules",
            [{**NIGHT_OF_MARCH, "parts": [{"numeroAutorisation": HUGO, "codeDepartement": "85"}]}],
            "etpCalcules[0].parts[0].codeDepartement",
        ),
        ("etpCalcules", [{**NIGHT_OF_MARCH, "parts": [PART, PART]}], "etpCalcules[0].parts[1]"),
        ("autonomies", [{**HOUR_ALONE, "lecon": "inconnue"}], "autonomies[0].lecon"),
        ("autonomies", [{**HOUR_ALONE, "minutes": 0}], "autonomies[0].minutes"),
        ("autonomies", [{**HOUR_ALONE, "minutes": 10**30}], "autonomies[0].minutes"),
        ("autonomies", [HOUR_ALONE, HOUR_ALONE], "autonomies[1]"),
    ],
)
def test_what_does_not_fit_is_said_where_it_stands(
    key: str, items: list[dict[str, Any]], champ: str
) -> None:
    lecons = [{"ref": "l1", **alone("2026-02-10T08:00", 60)}]

    more: dict[str, Any] = {key: items}
    problems = problems_of(written(lecons, **more))

    assert champ in {problem.champ for problem in problems}
