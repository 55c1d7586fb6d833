import pytest

from tests.api.exam_world import advance
from tests.control.etp.support import (
    GENERIQUE,
    HUGO,
    MAUD,
    NIGHT,
    PLESSES,
    SIMULATOR,
    _open_contrat,
    alone,
    by_number,
    calculated,
    declare,
    etp_of,
    etp_read,
    explained,
    given,
    living,
    seuil_in,
    told,
)
from tests.support import CONTRATS, lecon, refusal_of

# Where it lies (docs/rules/etp.md#where).


def test_an_etp_lies_where_each_bureau_lies() -> None:
    ecole = {
        "formateurs": [PLESSES["formateurs"][0], {**PLESSES["formateurs"][1]}],
        "simulateurs": [{"numeroAutorisation": SIMULATOR, "bureau": "nantes"}],
    }
    ecole["formateurs"][1]["bureauPrincipal"] = "nantes"
    with living(
        given("2026-02-10T08:00", 180),
        given("2026-02-10T08:00", 240, "max", numeroAutorisation=MAUD),
        alone("2026-02-11T08:00", 180),
        alone("2026-02-11T08:00", 240, "max", numeroAutorisation=GENERIQUE),
        ecole=ecole,
    ) as lea:
        advance(lea, to=NIGHT)
        found = {code: seuil_in(lea, code, "2026-05") for code in ("085", "044", "095")}
        lies = explained(lea, "2026-05")
        etp = etp_read(lea, "2026-05")

    assert by_number(etp) == {HUGO: 1.0, MAUD: 1.3, SIMULATOR: 1.0, GENERIQUE: 1.3}
    assert etp["etp"] == 4.6
    assert {code: (one["etp"], one["seuil"]) for code, one in found.items()} == {
        "085": (2.3, 10),
        "044": (2.3, 10),
        "095": (0.0, 0),
    }
    assert {one["plafond"] for one in found.values()} == {30}
    assert {
        one["numeroAutorisation"]: one["codeDepartement"]
        for one in [*lies["formateurs"], *lies["simulateurs"]]
    } == {HUGO: "085", MAUD: "044", SIMULATOR: "044", GENERIQUE: "085"}


def test_a_given_value_lies_in_the_departement_of_the_ecole() -> None:
    formateurs = [{**PLESSES["formateurs"][0], "bureauPrincipal": "nantes"}]
    etp = [{"groupePermis": "B", "mois": "2026-03", "valeur": 2.0}]
    with living(ecole={"formateurs": formateurs, "etp": etp}) as lea:
        assert [seuil_in(lea, code, "2026-03")["etp"] for code in ("085", "044")] == [2.0, 0.0]


# When (docs/rules/nuit_du_calcul.md#when).


@pytest.mark.parametrize(
    ("mois", "last_second", "night"),
    [
        ("2026-05", "2026-03-24T22:59:59Z", "2026-03-24T23:00:00Z"),
        ("2026-06", "2026-04-24T21:59:59Z", "2026-04-24T22:00:00Z"),
        ("2026-07", "2026-05-23T21:59:59Z", "2026-05-23T22:00:00Z"),
        ("2026-12", "2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z"),
        ("2027-01", "2026-11-24T22:59:59Z", "2026-11-24T23:00:00Z"),
        ("2027-02", "2026-12-23T22:59:59Z", "2026-12-23T23:00:00Z"),
    ],
)
def test_a_night_passes_at_its_instant(mois: str, last_second: str, night: str) -> None:
    with living(now="2026-03-10T09:00:00+01:00") as lea:
        before = calculated(advance(lea, to=last_second))
        events = advance(lea, to=night)
        again = calculated(advance(lea, by="PT1H"))
        body = explained(lea, mois)

    assert mois not in {event["mois"] for event in before}
    assert events == [
        {
            "at": night,
            "atParis": events[0]["atParis"],
            "type": "ETP_CALCULE",
            "autoEcoleId": events[0]["autoEcoleId"],
            "autoEcoleRef": "plesses",
            "autoEcoleNom": "Auto-École des Plesses",
            "groupePermis": groupe,
            "mois": mois,
            "etp": 0.0,
        }
        for groupe in "AB"
    ]
    assert again == []
    assert body["dateHeureCalcul"] == night
    assert body["dateHeureCalculParis"] == events[0]["atParis"]
    assert "T00:00:00+0" in events[0]["atParis"]


def test_months_without_hours_have_a_result_all_the_same() -> None:
    with living(given("2026-02-10T08:00", 180), ecole={"formateurs": [], "simulateurs": []}) as lea:
        events = calculated(advance(lea, to="2027-01-01T00:00:00Z"))
        found = etp_read(lea, "2027-02")

    assert [event["at"] for event in events if event["groupePermis"] == "B"] == [
        "2026-03-24T23:00:00Z",
        "2026-04-24T22:00:00Z",
        "2026-05-23T22:00:00Z",
        "2026-06-24T22:00:00Z",
        "2026-07-24T22:00:00Z",
        "2026-08-24T22:00:00Z",
        "2026-09-24T22:00:00Z",
        "2026-10-24T22:00:00Z",
        "2026-11-24T23:00:00Z",
        "2026-12-23T23:00:00Z",
    ]
    assert (found["etp"], found["formateurs"], found["simulateurs"]) == (0.0, [], [])


def test_a_lecon_across_midnight_belongs_to_the_month_in_which_it_begins() -> None:
    with living(
        given("2025-11-30T23:30", 180),
        given("2026-02-28T23:30", 180),
    ) as lea:
        advance(lea, to="2026-06-25T00:00:00+02:00")

        assert told(lea, "2026-05") == {"2026-02-28T23:30": (3.0, None)}
        assert told(lea, "2026-04") == {
            "2025-11-30T23:30": (3.0, None),
            "2026-02-28T23:30": (0.0, "HORS_PERIODE"),
        }
        assert (etp_of(lea, "2026-05"), etp_of(lea, "2026-07"), etp_of(lea, "2026-08")) == (
            1.0,
            1.0,
            0.0,
        )


@pytest.mark.parametrize(
    ("debut", "after", "mois"),
    [
        ("2026-03-29T01:30", "2026-03-29T03:30", "2026-06"),
        ("2026-10-25T01:30", "2026-10-25T02:30", "2027-01"),
    ],
)
def test_over_a_change_of_hour_a_lecon_counts_its_minutes(
    debut: str, after: str, mois: str
) -> None:
    with living(given(debut, 60), given(after, 60, "max")) as lea:
        advance(lea, to="2026-12-01T00:00:00Z")

        assert told(lea, mois) == {debut: (1.0, None), after: (1.0, None)}


# What a night has read (docs/rules/lecon.md#lock, docs/rules/heures.md#reasons).


def test_a_lecon_may_be_corrected_until_the_night_that_reads_it_and_no_later() -> None:
    with living(given("2026-02-10T08:00", 60), given("2026-02-11T08:00", 60)) as lea:
        contrat = f"{CONTRATS}/{lea.id_of('zoe B TRADITIONNELLE')}/lecons"
        first, second = (f"{contrat}/{one['id']}" for one in lea.get(contrat).json())
        longer = lecon(dateHeureDebut="2026-02-10T08:00:00", dureeEnMinutes=180)
        advance(lea, to="2026-03-24T23:59:59+01:00")

        corrected, withdrawn = lea.put(first, json=longer), lea.delete(second)
        advance(lea, to=NIGHT)
        refused = [lea.put(first, json=longer), lea.delete(first)]

        assert (corrected.status_code, withdrawn.status_code) == (200, 204)
        assert [refusal_of(one) for one in refused] == [(409, "LECON_VERROUILLEE")] * 2
        assert told(lea, "2026-05") == {"2026-02-10T08:00": (3.0, None)}
        assert etp_of(lea, "2026-05") == 1.0


def test_a_lecon_received_after_the_night_waits_for_the_next() -> None:
    with living() as lea:
        contrat = _open_contrat(lea)
        advance(lea, to="2026-03-25T00:00:01+01:00")
        late = declare(lea, contrat, "2026-02-10T08:00")
        too_late = declare(lea, contrat, "2025-12-10T08:00")

        by_the_first = told(lea, "2026-05")
        still_open = lea.put(
            late, json=lecon(dateHeureDebut="2026-02-10T08:00:00", dureeEnMinutes=240)
        )
        advance(lea, to="2026-04-25T00:00:00+02:00")

        assert by_the_first == {
            "2025-12-10T08:00": (0.0, "RECEPTION_TARDIVE"),
            "2026-02-10T08:00": (0.0, "RECEPTION_TARDIVE"),
        }
        assert still_open.status_code == 200
        assert told(lea, "2026-06") == {
            "2025-12-10T08:00": (0.0, "HORS_PERIODE"),
            "2026-02-10T08:00": (4.0, None),
        }
        assert (etp_of(lea, "2026-05"), etp_of(lea, "2026-06")) == (0.0, 1.3)
        assert refusal_of(lea.delete(late)) == (409, "LECON_VERROUILLEE")
        assert lea.delete(too_late).status_code == 204


def test_the_explanation_lists_what_begins_in_the_period_or_came_since_the_night_before() -> None:
    with living(
        given("2025-11-20T08:00"),
        given("2025-11-21T08:00", dateHeureReception="2026-02-24T23:00:00Z"),
        given("2025-11-22T08:00", dateHeureReception="2026-02-24T23:00:01Z"),
        given("2025-12-01T00:00"),
        given("2026-02-28T20:00"),
        given("2026-03-02T08:00"),
        given("2026-02-03T08:00", categorie="A2"),
    ) as lea:
        assert told(lea, "2026-05") == {
            "2025-11-22T08:00": (0.0, "HORS_PERIODE"),
            "2025-12-01T00:00": (1.0, None),
            "2026-02-28T20:00": (1.0, None),
            "2026-03-02T08:00": (0.0, "HORS_PERIODE"),
        }
        assert told(lea, "2026-05", "A") == {"2026-02-03T08:00": (1.0, None)}


def test_a_line_of_the_explanation_says_which_lecon_and_why() -> None:
    with living(
        {"ref": "l1", **given("2026-02-10T08:00", 90, formation="AAC")},
        given("2026-02-11T08:00", numeroAutorisation="A9999999999"),
    ) as lea:
        counted, excluded = explained(lea, "2026-05")["lecons"]

        assert counted == {
            "leconId": lea.id_of("l1"),
            "leconRef": "l1",
            "contratId": lea.id_of("zoe B AAC"),
            "contratRef": "zoe B AAC",
            "candidatId": lea.id_of("zoe"),
            "candidatRef": "zoe",
            "candidatNom": "Zoe Nom de zoe",
            "bureauId": None,
            "bureauRef": None,
            "bureauNom": None,
            "numeroAutorisation": HUGO,
            "formateurId": lea.id_of("hugo"),
            "formateurRef": "hugo",
            "formateurNom": "Hugo Petit",
            "dateHeureDebut": "2026-02-10T08:00:00",
            "dureeEnMinutes": 90,
            "coefficient": 1.2,
            "heuresComptees": 1.8,
            "explication": f"1,50 h × 1,2 = 1,80 h comptée pour {HUGO}.",
        }
        assert excluded["motif"] == "FORMATEUR_NON_DECLARE"
        assert "A9999999999" in excluded["explication"]
        assert [excluded[f"formateur{name}"] for name in ("Id", "Ref", "Nom")] == [None] * 3
