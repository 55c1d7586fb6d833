from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.exam_world import EXAM_WORLD, UNKNOWN, V1, V2, advance, change, nothing_written
from tests.support import Vendor, refusal_of, running

PLANNING = f"{V2}/planning/recherche"
CRENODISPO = f"{V2}/crenodispo"
PROCHAINE_DATE = f"{V2}/crenodispo/date"

DISPONIBLE = "DISPONIBLE"
A_MOI = "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"
A_UN_AUTRE = "RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE"
SEUIL_ATTEINT = "SEUIL_ATTEINT"


@pytest.fixture
def anyone() -> Iterator[Vendor]:
    with running(EXAM_WORLD) as application:
        yield Vendor(application)


@pytest.fixture
def lea(anyone: Vendor) -> Vendor:
    return anyone.as_("lea")


@pytest.fixture
def max_(anyone: Vendor) -> Vendor:
    return anyone.as_("max")


def filtre(vendor: Vendor, **changes: Any) -> dict[str, Any]:
    """What to ask for to see SABLES B on 7 April."""
    known = {"groupePermis": "B", "date": "2026-04-07", "centreId": vendor.id_of("sables-b")}
    return {"filtre": {**known, **changes}}


def planning(vendor: Vendor, **changes: Any) -> list[dict[str, Any]]:
    """What the planning shows."""
    answer = vendor.post(PLANNING, json=filtre(vendor, **changes))
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


def ids_of(vendor: Vendor, *refs: str) -> list[str]:
    return [vendor.id_of(ref) for ref in refs]


def shown(vendor: Vendor, **changes: Any) -> list[str]:
    """Which créneaux the planning shows."""
    return [row["creneauDuPlanning"]["id"] for row in planning(vendor, **changes)]


def statut_of(vendor: Vendor, ref: str, **changes: Any) -> str:
    """How the planning shows one créneau."""
    (statut,) = (
        row["creneauDuPlanning"]["statutDeReservation"]
        for row in planning(vendor, **changes)
        if row["creneauDuPlanning"]["id"] == vendor.id_of(ref)
    )
    assert isinstance(statut, str)
    return statut


def in_panier(vendor: Vendor, *refs: str) -> None:
    """Put créneaux into the current panier of the caller."""
    for ref in refs:
        answer = vendor.post(f"{V2}/panier/creneaux", json={"creneauId": vendor.id_of(ref)})
        assert answer.status_code == 201, answer.text


def query(vendor: Vendor, *centres: str, **changes: str) -> dict[str, Any]:
    """What crenodispo is asked, for SABLES B unless told otherwise."""
    names = ids_of(vendor, *(centres or ("sables-b",)))
    known = {"centres-ids": names, "groupe-permis": "B", "date": "2026-04-07"}
    return {**known, **{name.replace("_", "-"): value for name, value in changes.items()}}


def libres(vendor: Vendor, *centres: str, **changes: str) -> list[str]:
    """Which créneaux crenodispo lists."""
    answer = vendor.get(CRENODISPO, params=query(vendor, *centres, **changes))
    assert answer.status_code == 200, answer.text
    return [creneau["id"] for creneau in answer.json()]


def prochaine_date(vendor: Vendor, *centres: str, **changes: str) -> str | None:
    """The next date that crenodispo names."""
    answer = vendor.get(PROCHAINE_DATE, params=query(vendor, *centres, **changes))
    assert answer.status_code == 200, answer.text
    date: str | None = answer.json()
    return date


# The planning.


def test_a_free_creneau_of_the_planning_has_no_examen_at_all(lea: Vendor) -> None:
    first = planning(lea)[0]

    assert first == {
        "creneauDuPlanning": {
            "id": lea.id_of("b1"),
            "centre": {"id": lea.id_of("sables-b"), "nom": "SABLES B"},
            "numeroInspecteur": "1357",
            "dateHeureDebut": "2026-04-07T08:00:00",
            "dateHeureFin": "2026-04-07T08:32:00",
            "dateHeurePublication": "2026-03-01T14:00:00Z",
            "statutDeReservation": DISPONIBLE,
            "groupePermis": "B",
            "typeEpreuvePratique": "CIRCULATION",
        }
    }


def test_an_examen_of_the_ecole_stands_beside_its_creneau(lea: Vendor) -> None:
    (row,) = (r for r in planning(lea) if r["creneauDuPlanning"]["id"] == lea.id_of("b-inscrit"))

    assert row["creneauDuPlanning"]["statutDeReservation"] == A_MOI
    assert row["examenDuPlanning"] == {
        "id": lea.id_of("e-inscrit"),
        "candidat": {
            "id": lea.id_of("inscrit"),
            "nom": "Caron",
            "prenom": "Ugo",
            "numeroDossier": "0110751002345603",
        },
        "estModifiable": True,
        "estAnnule": False,
    }


def test_an_examen_without_a_name_is_shown_with_null(lea: Vendor) -> None:
    change(lea, examens=[{"autoEcole": "plesses", "creneau": "a-plateau1"}])
    where = {
        "groupePermis": "A",
        "date": "2026-04-21",
        "centreId": lea.id_of("sables-a"),
    }

    first, second = planning(lea, **where)

    assert first["examenDuPlanning"]["candidat"] is None
    assert "examenDuPlanning" not in second


def test_an_examen_of_another_ecole_is_never_shown(lea: Vendor, max_: Vendor) -> None:
    (row,) = (r for r in planning(lea) if r["creneauDuPlanning"]["id"] == lea.id_of("b-noe"))
    assert row.keys() == {"creneauDuPlanning"}
    assert row["creneauDuPlanning"]["statutDeReservation"] == A_UN_AUTRE

    (own,) = (r for r in planning(max_) if r["creneauDuPlanning"]["id"] == lea.id_of("b-noe"))
    assert own["creneauDuPlanning"]["statutDeReservation"] == A_MOI
    assert own["examenDuPlanning"]["candidat"]["nom"] == "Petit"


def test_an_examen_that_the_ecole_cancels_leaves_a_free_creneau(lea: Vendor) -> None:
    lea.delete(f"{V2}/examens/{lea.id_of('e-inscrit')}")

    (row,) = (r for r in planning(lea) if r["creneauDuPlanning"]["id"] == lea.id_of("b-inscrit"))

    assert row.keys() == {"creneauDuPlanning"}
    assert row["creneauDuPlanning"]["statutDeReservation"] == DISPONIBLE
    assert row["creneauDuPlanning"]["dateHeurePublication"] == "2026-03-01T14:00:00Z"
    assert lea.id_of("b-inscrit") in libres(lea)


def test_an_examen_that_the_administration_annuls_takes_its_creneau_along(lea: Vendor) -> None:
    examen = lea.id_of("e-inscrit")
    lea.post(f"/_mock/examens/{examen}/resultat", json={"statut": "EXAMEN_ANNULE"})

    (row,) = (r for r in planning(lea) if r["creneauDuPlanning"]["id"] == lea.id_of("b-inscrit"))

    assert row["creneauDuPlanning"]["statutDeReservation"] == A_MOI
    assert row["examenDuPlanning"]["estAnnule"] is True
    assert row["examenDuPlanning"]["estModifiable"] is False
    assert lea.id_of("b-inscrit") not in libres(lea)


def test_the_planning_goes_by_hour_then_by_inspecteur(lea: Vendor) -> None:
    b1, b1bis, *later = ids_of(lea, "b1", "b1bis", "b2", "b3", "b4", "b-inscrit", "b-noe")
    assert shown(lea) == [b1, b1bis, *later]

    change(lea, creneaux=[{"ref": "b1", "numeroInspecteur": "3579"}])

    assert shown(lea) == [b1bis, b1, *later]
    assert libres(lea)[:2] == [b1bis, b1]


@pytest.mark.parametrize(
    ("centre", "groupe", "date", "expected"),
    [
        ("sables-b", "B", "2026-04-06", []),
        ("sables-b", "B", "2026-04-08", ["b-vieux1", "b-vieux2", "b-vieux3"]),
        ("sables-b", "CE", "2026-04-14", ["ce1"]),
        ("sables-b", "A", "2026-04-07", []),
        ("sables-a", "A", "2026-04-21", ["a-plateau1", "a-plateau2"]),
        ("gonesse-b", "B", "2026-04-07", ["b-gonesse"]),
    ],
)
def test_the_planning_is_that_of_one_centre_groupe_and_day(
    lea: Vendor, centre: str, groupe: str, date: str, expected: list[str]
) -> None:
    rows = shown(lea, centreId=lea.id_of(centre), groupePermis=groupe, date=date)

    assert rows == ids_of(lea, *expected)


def test_a_creneau_is_published_to_the_second(lea: Vendor) -> None:
    advance(lea, to="2026-03-10T13:59:59Z")
    assert shown(lea, date="2026-04-09") == []
    assert libres(lea, date="2026-04-09") == []

    advance(lea, to="2026-03-10T14:00:00Z")
    assert shown(lea, date="2026-04-09") == ids_of(lea, "b-futur")
    assert libres(lea, date="2026-04-09") == ids_of(lea, "b-futur")


def test_a_free_creneau_is_hidden_from_the_second_it_begins(lea: Vendor) -> None:
    advance(lea, to="2026-03-10T08:59:59Z")
    assert shown(lea, date="2026-03-10") == ids_of(lea, "b-jour")
    assert libres(lea, date="2026-03-10") == ids_of(lea, "b-jour")

    advance(lea, to="2026-03-10T09:00:00Z")
    assert shown(lea, date="2026-03-10") == []
    assert libres(lea, date="2026-03-10") == []


def test_a_taken_creneau_is_shown_even_when_it_is_over(lea: Vendor, max_: Vendor) -> None:
    assert statut_of(lea, "b-attente", date="2026-03-09") == A_MOI
    assert statut_of(max_, "b-attente", date="2026-03-09") == A_UN_AUTRE


def test_a_creneau_in_a_panier_is_shown_when_it_has_begun(lea: Vendor, max_: Vendor) -> None:
    advance(lea, to="2026-03-10T08:50:00Z")
    in_panier(lea, "b-jour")

    advance(lea, to="2026-03-10T09:00:00Z")

    assert statut_of(lea, "b-jour", date="2026-03-10") == A_MOI
    assert statut_of(max_, "b-jour", date="2026-03-10") == A_UN_AUTRE


def test_a_closed_centre_shows_what_is_taken_and_nothing_free(lea: Vendor) -> None:
    assert shown(lea, centreId=lea.id_of("aizenay-b")) == []

    change(lea, centres=[{"ref": "sables-b", "estFerme": True}])

    assert shown(lea) == ids_of(lea, "b-inscrit", "b-noe")
    assert libres(lea) == []
    assert prochaine_date(lea, "sables-b", "aizenay-b") is None


def test_two_ecoles_see_one_creneau_each_in_its_own_way(lea: Vendor, max_: Vendor) -> None:
    assert (statut_of(lea, "b1"), statut_of(max_, "b1")) == (DISPONIBLE, DISPONIBLE)

    in_panier(lea, "b1")

    assert (statut_of(lea, "b1"), statut_of(max_, "b1")) == (A_MOI, A_UN_AUTRE)


def test_from_its_seuil_on_an_ecole_sees_fresh_creneaux_as_seuil_atteint(
    lea: Vendor, max_: Vendor
) -> None:
    in_panier(max_, "b1", "b1bis", "b2")

    assert (statut_of(lea, "b3"), statut_of(max_, "b3")) == (DISPONIBLE, SEUIL_ATTEINT)
    assert statut_of(max_, "b-vieux1", date="2026-04-08") == DISPONIBLE
    assert statut_of(max_, "b1") == A_MOI
    assert statut_of(max_, "b-inscrit") == A_UN_AUTRE

    in_panier(max_, "b-vieux1", "b-vieux2")

    assert statut_of(max_, "b-vieux3", date="2026-04-08") == SEUIL_ATTEINT


def test_a_fresh_creneau_is_for_everybody_after_thirty_days(max_: Vendor) -> None:
    change(max_, limits={"panier.dureeMinutes": 100_000})
    in_panier(max_, "b1", "b1bis", "b2")

    advance(max_, to="2026-03-31T13:59:59Z")
    assert statut_of(max_, "b3") == SEUIL_ATTEINT

    advance(max_, to="2026-03-31T14:00:00Z")
    assert statut_of(max_, "b3") == DISPONIBLE


def test_an_ecole_outside_its_departement_has_a_seuil_of_nought(max_: Vendor) -> None:
    change(max_, creneaux=[{"ref": "b-gonesse", "dateHeurePublication": "2026-03-01T14:00:00Z"}])

    assert statut_of(max_, "b-gonesse", centreId=max_.id_of("gonesse-b")) == SEUIL_ATTEINT


def test_without_declaration_all_is_seuil_atteint_but_ce(anyone: Vendor) -> None:
    nina = anyone.as_("nina")

    assert statut_of(nina, "b1") == SEUIL_ATTEINT
    assert statut_of(nina, "b-vieux1", date="2026-04-08") == SEUIL_ATTEINT
    assert statut_of(nina, "ce1", groupePermis="CE", date="2026-04-14") == DISPONIBLE


def test_an_unknown_centre_is_a_bad_request(lea: Vendor) -> None:
    for centre in (UNKNOWN, lea.id_of("b1"), lea.id_of("plesses")):
        answer = lea.post(PLANNING, json=filtre(lea, centreId=centre))

        assert refusal_of(answer) == (400, "CENTRE_INCONNU")


@pytest.mark.parametrize(
    ("changes", "champ"),
    [
        ({"date": "07/04/2026"}, "filtre.date"),
        ({"date": "2026-04-07T08:00:00"}, "filtre.date"),
        ({"date": None}, "filtre.date"),
        ({"date": 20260407}, "filtre.date"),
        ({"groupePermis": "BA"}, "filtre.groupePermis"),
        ({"groupePermis": None}, "filtre.groupePermis"),
        ({"centreId": "sables-b"}, "filtre.centreId"),
        ({"centreId": 85}, "filtre.centreId"),
        ({"codeDepartement": "085"}, "filtre.codeDepartement"),
    ],
)
def test_each_problem_of_a_planning_is_named(
    lea: Vendor, changes: dict[str, Any], champ: str
) -> None:
    answer = lea.post(PLANNING, json=filtre(lea, **changes))

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["filtre"]),
        ({"filtre": None}, ["filtre"]),
        ({"filtre": {}}, ["filtre.groupePermis", "filtre.date", "filtre.centreId"]),
        ([], ["corps"]),
    ],
)
def test_all_problems_of_a_planning_are_named_at_once(
    lea: Vendor, body: object, champs: list[str]
) -> None:
    answer = lea.post(PLANNING, json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs


def test_ignoring_unknown_fields_does_not_make_up_for_the_centre(lea: Vendor) -> None:
    change(lea, responses={"unknownFields": "ignore"})
    body = {"filtre": {"groupePermis": "B", "date": "2026-04-07", "codeDepartement": "085"}}

    answer = lea.post(PLANNING, json=body)

    assert [detail["champ"] for detail in answer.json()["details"]] == ["filtre.centreId"]


def test_the_planning_answers_the_same_through_v1(lea: Vendor) -> None:
    old = lea.post(f"{V1}/planning/recherche", json=filtre(lea))
    assert old.json() == lea.post(PLANNING, json=filtre(lea)).json()
    assert len(old.json()) == 7

    refused = lea.post(f"{V1}/planning/recherche", json=filtre(lea, centreId=UNKNOWN))
    assert refusal_of(refused) == (400, "CENTRE_INCONNU")


def test_crenodispo_never_existed_in_v1(lea: Vendor) -> None:
    for path in ("crenodispo", "crenodispo/date"):
        answer = lea.get(f"{V1}/{path}", params=query(lea))

        assert refusal_of(answer) == (404, "RESSOURCE_INCONNUE")


# Crenodispo.


def test_crenodispo_lists_creneaux_flat(lea: Vendor) -> None:
    answer = lea.get(CRENODISPO, params=query(lea, "gonesse-b"))

    assert answer.json() == [
        {
            "id": lea.id_of("b-gonesse"),
            "centre": {"id": lea.id_of("gonesse-b"), "nom": "GONESSE B"},
            "numeroInspecteur": "8642",
            "dateHeureDebut": "2026-04-07T07:30:00",
            "dateHeureFin": "2026-04-07T08:02:00",
            "dateHeurePublication": "2026-01-15T14:00:00Z",
            "statutDeReservation": DISPONIBLE,
            "groupePermis": "B",
            "typeEpreuvePratique": "CIRCULATION",
        }
    ]


def test_crenodispo_lists_what_nobody_has_on_that_very_day(lea: Vendor, max_: Vendor) -> None:
    assert libres(lea) == ids_of(lea, "b1", "b1bis", "b2", "b3", "b4")
    assert libres(lea, date="2026-04-06") == []

    in_panier(max_, "b1")

    assert libres(lea) == libres(max_) == ids_of(lea, "b1bis", "b2", "b3", "b4")


def test_crenodispo_names_a_seuil_that_is_reached(max_: Vendor) -> None:
    in_panier(max_, "b1", "b1bis", "b2")

    answer = max_.get(CRENODISPO, params=query(max_))

    assert [row["statutDeReservation"] for row in answer.json()] == [SEUIL_ATTEINT] * 2


def test_several_centres_are_listed_by_hour(lea: Vendor) -> None:
    order = ids_of(lea, "b-gonesse", "b1", "b1bis", "b2", "b3", "b4")

    assert libres(lea, "sables-b", "gonesse-b") == order


@pytest.mark.parametrize(
    "form",
    [
        "centres-ids={0}&centres-ids={1}&centres-ids={2}",
        "centres-ids={0},{1},{2}",
        "centres-ids={0},{1}&centres-ids={2}",
        "centres-ids={0}%2C{1}%2C{2}&centres-ids={0}",
    ],
)
def test_centres_are_repeated_or_between_commas_or_both(lea: Vendor, form: str) -> None:
    centres = form.format(*ids_of(lea, "sables-b", "gonesse-b", "aizenay-b"))

    answer = lea.get(f"{CRENODISPO}?{centres}&groupe-permis=B&date=2026-04-07")
    date = lea.get(f"{PROCHAINE_DATE}?{centres}&groupe-permis=B&date=2026-03-11")

    assert len(answer.json()) == 6
    assert date.json() == "2026-04-07"


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-01-01", "2026-03-10"),
        ("2026-03-10", "2026-03-10"),
        ("2026-03-11", "2026-04-07"),
        ("2026-04-07", "2026-04-07"),
        ("2026-04-08", "2026-04-08"),
        ("2026-04-09", None),
    ],
)
def test_the_next_date_is_the_first_from_that_day_on(
    lea: Vendor, since: str, expected: str | None
) -> None:
    assert prochaine_date(lea, date=since) == expected


def test_the_next_date_is_a_bare_string_or_null(lea: Vendor) -> None:
    found = lea.get(PROCHAINE_DATE, params=query(lea))
    none = lea.get(PROCHAINE_DATE, params=query(lea, date="2027-01-01"))

    assert (found.status_code, found.text) == (200, '"2026-04-07"')
    assert (none.status_code, none.text) == (200, "null")
    assert none.headers["content-type"] == "application/json"


def test_the_next_date_does_not_ask_for_the_seuil_of_the_caller(anyone: Vendor) -> None:
    assert prochaine_date(anyone.as_("nina")) == "2026-04-07"


def test_the_next_date_looks_past_what_is_in_paniers(lea: Vendor, max_: Vendor) -> None:
    in_panier(lea, "b1", "b1bis", "b2", "b3", "b4")

    assert prochaine_date(max_) == "2026-04-08"
    assert prochaine_date(lea) == "2026-04-08"


def test_the_next_date_is_of_the_groupe(lea: Vendor) -> None:
    assert prochaine_date(lea, groupe_permis="CE") == "2026-04-14"
    assert prochaine_date(lea, groupe_permis="A") is None


@pytest.mark.parametrize("path", [CRENODISPO, PROCHAINE_DATE])
def test_one_unknown_centre_is_enough_to_refuse(lea: Vendor, path: str) -> None:
    params = {**query(lea), "centres-ids": [lea.id_of("sables-b"), UNKNOWN]}

    assert refusal_of(lea.get(path, params=params)) == (400, "CENTRE_INCONNU")


@pytest.mark.parametrize("path", [CRENODISPO, PROCHAINE_DATE])
@pytest.mark.parametrize(
    ("changes", "champ"),
    [
        ({"centres-ids": "sables-b"}, "centres-ids"),
        ({"centres-ids": ""}, "centres-ids"),
        ({"centres-ids": f"{UNKNOWN},"}, "centres-ids"),
        ({"centres-ids": [UNKNOWN, "1"]}, "centres-ids"),
        ({"groupe-permis": "BA"}, "groupe-permis"),
        ({"groupe-permis": ""}, "groupe-permis"),
        ({"date": "07/04/2026"}, "date"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": ""}, "date"),
    ],
)
def test_each_problem_of_a_crenodispo_is_named(
    lea: Vendor, path: str, changes: dict[str, Any], champ: str
) -> None:
    answer = lea.get(path, params={**query(lea), **changes})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


@pytest.mark.parametrize("path", [CRENODISPO, PROCHAINE_DATE])
def test_all_of_a_crenodispo_is_required(lea: Vendor, path: str) -> None:
    answer = lea.get(path, params={"centreId": lea.id_of("sables-b")})

    assert [detail["champ"] for detail in answer.json()["details"]] == [
        "centres-ids",
        "groupe-permis",
        "date",
    ]


def test_crenodispo_has_a_bucket_of_its_own(lea: Vendor, max_: Vendor) -> None:
    limits = {"debit.actif": True, "debit.parEmploye": 2, "debit.crenodispo.parEmploye": 3}
    change(lea, limits=limits)
    both = [CRENODISPO, PROCHAINE_DATE, CRENODISPO, PROCHAINE_DATE]

    answers = [lea.get(path, params=query(lea)) for path in both]
    others = [lea.post(PLANNING, json=filtre(lea)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert refusal_of(answers[-1]) == (429, "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT")
    assert [answer.status_code for answer in others] == [200, 200, 429]
    assert max_.get(CRENODISPO, params=query(max_)).status_code == 200


def test_an_ecole_en_ligne_shares_one_bucket_of_crenodispo(lea: Vendor) -> None:
    change(lea, autoEcoles=[{"ref": "plesses", "enLigne": True}])
    change(lea, limits={"debit.actif": True, "debit.crenodispo.parAutoEcoleEnLigne": 2})
    tom = lea.as_("tom")

    answers = [vendor.get(CRENODISPO, params=query(vendor)) for vendor in (lea, tom, tom)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert tom.post(PLANNING, json=filtre(tom)).status_code == 200


# Who may read.


def test_a_closed_ecole_goes_on_reading(anyone: Vendor) -> None:
    paul = anyone.as_("paul")

    with nothing_written(paul):
        assert statut_of(paul, "b1") == DISPONIBLE
        assert len(libres(paul)) == 5
        assert prochaine_date(paul) == "2026-04-07"


def test_reading_wants_the_scope_of_the_exam_api(anyone: Vendor) -> None:
    stranger = anyone.as_("lea", "livret_numerique:read", "livret_numerique:write")

    for answer in (
        stranger.post(PLANNING, json={}),
        stranger.get(CRENODISPO),
        stranger.get(PROCHAINE_DATE),
        stranger.post(f"{V1}/planning/recherche", json={}),
    ):
        assert refusal_of(answer) == (403, "SCOPE_INSUFFISANT")


def test_reading_wants_a_token(anyone: Vendor) -> None:
    for answer in (anyone.post(PLANNING), anyone.get(CRENODISPO), anyone.get(PROCHAINE_DATE)):
        assert refusal_of(answer) == (401, "JETON_INVALIDE")
