import pytest

from tests.api.exam_world import advance, change
from tests.control.etp.support import (
    EXAMENS_OF_A,
    EXAMENS_OF_B,
    LECONS_OF_A,
    LECONS_OF_B,
    NIGHT,
    alone,
    by_number,
    etp_of,
    etp_read,
    explained,
    held,
    living,
    named,
    spread,
    written,
)
from tests.support import Vendor, refusal_of, running

# The preview, and what the night then finds.


@pytest.mark.parametrize("groupe", ["A", "B"])
def test_what_the_preview_shows_is_what_the_night_finds(groupe: str) -> None:
    lecons = [{**one, "ref": f"{order}"} for order, one in enumerate(LECONS_OF_B + LECONS_OF_A)]
    with running(written(lecons, EXAMENS_OF_B[:20] + EXAMENS_OF_A)) as application:
        lea = Vendor(application).as_("lea")
        preview = explained(lea, "2026-05", groupe)
        advance(lea, to=NIGHT)
        found = explained(lea, "2026-05", groupe)

        told = {"dateHeureCalcul", "dateHeureCalculParis", "etp", "moisDOrigine", "calcul"}
        assert preview | found == preview | {key: found[key] for key in told}
        assert preview["dateHeureCalcul"] is None
        assert preview["dateHeureCalculParis"] is None
        assert found["dateHeureCalcul"] == "2026-03-24T23:00:00Z"
        assert by_number(found) == by_number(etp_read(lea, "2026-05", groupe))
        assert found["etp"] == etp_of(lea, "2026-05", groupe)


# Bad input.


@pytest.mark.parametrize(
    ("query", "champ"),
    [
        ("autoEcole=inconnue&groupePermis=B&mois=2026-05", "autoEcole"),
        ("autoEcole=hugo&groupePermis=B&mois=2026-05", "autoEcole"),
        ("groupePermis=B&mois=2026-05", "autoEcole"),
        ("autoEcole=plesses&groupePermis=CE&mois=2026-05", "groupePermis"),
        ("autoEcole=plesses&mois=2026-05", "groupePermis"),
        ("autoEcole=plesses&groupePermis=B&mois=2026-13", "mois"),
        ("autoEcole=plesses&groupePermis=B&mois=2026-05-01", "mois"),
        ("autoEcole=plesses&groupePermis=B&mois=0000-01", "mois"),
        ("autoEcole=plesses&groupePermis=B", "mois"),
    ],
)
def test_a_bad_question_names_its_field(lea: Vendor, query: str, champ: str) -> None:
    answer = lea.get(f"/_mock/etp?{query}")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


def test_all_that_is_wrong_with_a_question_is_said_at_once(lea: Vendor) -> None:
    details = lea.get("/_mock/etp").json()["details"]

    assert {detail["champ"] for detail in details} == {"autoEcole", "groupePermis", "mois"}


@pytest.mark.parametrize("mois", ["1900-01", "2199-12"])
def test_the_first_and_the_last_month_can_be_asked_for(lea: Vendor, mois: str) -> None:
    assert explained(lea, mois)["etp"] == 0.0
    assert etp_of(lea, mois) == 0.0


def test_an_ecole_is_named_by_its_ref_or_its_id(lea: Vendor) -> None:
    id_ = lea.id_of("plesses")
    answer = lea.get(f"/_mock/etp?autoEcole={id_}&groupePermis=B&mois=2026-05")

    assert answer.json() == explained(lea, "2026-05")


# Several months at once.


def test_months_lived_at_once_are_as_if_lived_one_by_one() -> None:
    lecons = [
        *named("simulateur", (alone(f"2026-0{month}-10T08:00", 120) for month in (2, 3, 4, 5))),
        *named("hugo", spread(20, "2026-04", (10, 12, 14, 16), 90)),
    ]
    stops = ["2026-03-25", "2026-04-01", "2026-04-25", "2026-05-24", "2026-05-26"]
    worlds = []
    for path in (stops[-1:], stops):
        with living(*lecons) as lea:
            events = [
                event
                for stop in path
                for event in advance(lea, to=f"{stop}T00:00:00+02:00")
                if event["type"] == "ETP_CALCULE"
            ]
            worlds.append((events, lea.get("/_mock/state").text))

    assert len(worlds[0][0]) == 6
    assert worlds[0] == worlds[1]


def test_a_result_that_shows_only_after_the_night_is_no_hour_of_it() -> None:
    with living(examens=[held("EXAMEN_REUSSI", "2026-02-20T08:00", ref="x")]) as lea:
        change(
            lea,
            examens=[
                {
                    "ref": "x",
                    "resultat": {
                        "statut": "EXAMEN_REUSSI",
                        "dateHeureEntree": "2026-03-25T00:00:00Z",
                    },
                }
            ],
        )
        advance(lea, to="2026-04-25T00:00:00+02:00")

        assert explained(lea, "2026-05")["accompagnements"] == []
        assert len(explained(lea, "2026-06")["accompagnements"]) == 1
        assert (etp_of(lea, "2026-05"), etp_of(lea, "2026-06")) == (0.0, 0.3)
