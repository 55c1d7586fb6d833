import pytest

from tests.api.exam_world import advance
from tests.control.etp.support import (
    HUGO,
    MAUD,
    NIGHT,
    SIMULATOR,
    by_number,
    calculated,
    declare,
    etp_of,
    etp_read,
    explained,
    given,
    living,
    seuil_in,
)


def test_a_given_etp_holds_until_a_night_has_found_nothing() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-03", "valeur": 2.0}]}
    with living(ecole=ecole) as lea:
        before = {mois: etp_of(lea, mois) for mois in ("2026-04", "2026-05", "2026-06")}
        advance(lea, to=NIGHT)
        after = {mois: etp_of(lea, mois) for mois in ("2026-04", "2026-05", "2026-06")}

    assert before == {"2026-04": 2.0, "2026-05": 2.0, "2026-06": 2.0}
    assert after == {"2026-04": 2.0, "2026-05": 0.0, "2026-06": 0.0}


def test_an_etp_is_carried_over_for_twelve_months_and_never_back() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-03", "valeur": 2.0}]}
    with living(ecole=ecole) as lea:
        found = {mois: etp_of(lea, mois) for mois in ("2026-02", "2027-03", "2027-04")}

    assert found == {"2026-02": 0.0, "2027-03": 2.0, "2027-04": 0.0}


def test_what_a_night_found_is_carried_over_too() -> None:
    with living(given("2026-02-10T08:00", 180)) as lea:
        advance(lea, to=NIGHT)
        found = {mois: etp_of(lea, mois) for mois in ("2026-05", "2027-05", "2027-06")}

    assert found == {"2026-05": 1.0, "2027-05": 1.0, "2027-06": 0.0}


def test_a_given_value_goes_before_the_result_whose_formateurs_still_show() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-05", "valeur": 3.2}]}
    with living(given("2026-02-10T08:00", 180), ecole=ecole) as lea:
        advance(lea, to=NIGHT)
        found = etp_read(lea, "2026-05")
        seuil = seuil_in(lea, "085", "2026-05")
        body = explained(lea, "2026-05")

    assert found["origine"] == body["origine"] == "scenario"
    assert (body["etp"], body["etpDonne"], body["etpCalcule"]) == (3.2, 3.2, 1.0)
    assert body["calcul"] == (
        "Calcul : 1,0 ETP, somme des valeurs arrondies. Le scénario en donne 3,2 pour ce mois :"
        " c'est ce qui vaut."
    )
    assert (found["etp"], by_number(found)) == (3.2, {HUGO: 1.0, MAUD: 0.0, SIMULATOR: 0.0})
    assert (seuil["etp"], seuil["seuil"], seuil["plafond"]) == (3.2, 14, 21)


def test_without_a_calculation_a_given_value_leaves_the_formateurs_at_nothing() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-03", "valeur": 3.2}]}
    with living(ecole=ecole) as lea:
        found = etp_read(lea, "2026-03")

    assert (found["etp"], by_number(found)) == (3.2, {HUGO: 0.0, MAUD: 0.0, SIMULATOR: 0.0})


def test_what_holds_is_told_month_by_month() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-03", "valeur": 3.2}]}
    keys = ("etp", "etpDonne", "etpCalcule", "origine", "moisDOrigine")
    with living(given("2026-02-10T08:00", 180), ecole=ecole) as lea:
        before = {mois: explained(lea, mois) for mois in ("2026-02", "2026-03", "2026-05")}
        advance(lea, to=NIGHT)
        after = {mois: explained(lea, mois) for mois in ("2026-05", "2026-06")}
        held = {mois: etp_of(lea, mois) for mois in ("2026-02", "2026-03", "2026-05", "2026-06")}

    assert {mois: [one[key] for key in keys] for mois, one in before.items()} == {
        "2026-02": [0.0, None, 0.0, None, None],
        "2026-03": [3.2, 3.2, 0.0, "scenario", "2026-03"],
        "2026-05": [3.2, None, 1.0, "scenario", "2026-03"],
    }
    assert {mois: [one[key] for key in keys] for mois, one in after.items()} == {
        "2026-05": [1.0, None, 1.0, "calcul", "2026-05"],
        "2026-06": [1.0, None, 1.0, "calcul", "2026-05"],
    }
    assert held == {"2026-02": 0.0, "2026-03": 3.2, "2026-05": 1.0, "2026-06": 1.0}
    told = [
        one["calcul"].partition(" arrondies. ")[2] for one in (*before.values(), after["2026-06"])
    ]
    assert told == [
        "Rien n'est donné, ni trouvé par une nuit : c'est 0 qui vaut.",
        "Le scénario en donne 3,2 pour ce mois : c'est ce qui vaut.",
        "Sans rien pour ce mois, vaut encore ce que le scénario donne pour 2026-03 : 3,2.",
        "Sans rien pour ce mois, vaut encore ce qu'une nuit a trouvé pour 2026-05 : 1,0.",
    ]


GIVEN_IN_FEBRUARY = {
    "etp": [{"groupePermis": groupe, "mois": "2026-02", "valeur": 2.0} for groupe in "AB"]
}


@pytest.mark.parametrize(
    ("debut", "found"),
    [
        ("2025-11-01T00:00", {"2026-03": 1.0, "2026-04": 1.0, "2026-05": 1.0}),
        ("2026-01-31T22:00", {"2026-03": 2.0, "2026-04": 1.0, "2026-05": 1.0}),
        ("2026-02-01T00:00", {"2026-03": 2.0, "2026-04": 2.0, "2026-05": 2.0}),
    ],
)
def test_nights_before_the_world_have_a_result_where_they_see_a_lecon_of_the_groupe(
    debut: str, found: dict[str, float]
) -> None:
    with living(given(debut, 180), ecole=GIVEN_IN_FEBRUARY) as lea:
        assert {mois: etp_of(lea, mois) for mois in found} == found
        assert {mois: etp_of(lea, mois, "A") for mois in found} == dict.fromkeys(found, 2.0)


def test_nights_before_the_world_have_a_result_even_where_the_lecon_does_not_count() -> None:
    with living(
        given("2026-01-10T08:00", numeroAutorisation="A9999999999"), ecole=GIVEN_IN_FEBRUARY
    ) as lea:
        assert (etp_of(lea, "2026-03"), etp_of(lea, "2026-04")) == (2.0, 0.0)


def test_the_night_in_which_a_world_begins_is_replayed() -> None:
    with living(given("2026-02-10T08:00", 180), now=NIGHT) as lea:
        assert etp_of(lea, "2026-05") == 1.0
        assert calculated(advance(lea, by="P20D")) == []


def test_a_lecon_declared_later_never_counts_in_a_night_before_the_world() -> None:
    with living(given("2026-01-10T08:00", 180)) as lea:
        declare(lea, "zoe B TRADITIONNELLE", "2026-01-12T08:00")
        advance(lea, to=NIGHT)
        found = {mois: etp_of(lea, mois) for mois in ("2026-04", "2026-05")}

    assert found == {"2026-04": 1.0, "2026-05": 2.0}
