from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import Vendor, refusal_of, running

V2 = "/api/v2/auto-ecole"
PATH = "/informations-seuil-departement"

WORLD = """\
title: Les écoles P, Q et R
seed: 7
clock: {now: 2026-04-01T12:00:00+02:00}
limits: {oauth.jetonSecondes: 7000000}
autoEcoles:
  - {ref: p, nom: P, codeDepartement: "085",
     employes: [{ref: paul, nom: P, prenom: Paul, email: paul@p.test}],
     etp: [{groupePermis: B, mois: 2026-04, valeur: 2.0}]}
  - {ref: q, nom: Q, codeDepartement: "044",
     employes: [{ref: quentin, nom: Q, prenom: Quentin, email: quentin@q.test}],
     etp: [{groupePermis: B, mois: 2026-04, valeur: 1.0}]}
  - {ref: r, nom: R, codeDepartement: "085", estFermee: true,
     employes: [{ref: rose, nom: R, prenom: Rose, email: rose@r.test, role: EMPLOYE}],
     formateurs: [{nom: a, prenom: b, numeroAutorisation: A0850001230}]}
centres:
  - {ref: sables, nom: SABLES, codeDepartement: "085", groupesPermis: [A, B, CE]}
  - {ref: nantes, nom: NANTES, codeDepartement: "044"}
"""


@pytest.fixture
def paul() -> Iterator[Vendor]:
    with running(WORLD) as application:
        yield Vendor(application).as_("paul")


def patch(vendor: Vendor, **fragment: Any) -> None:
    """Change the world."""
    answer = vendor.patch("/_mock/state", json=fragment)
    assert answer.status_code == 200, answer.text


def offer(vendor: Vendor, *ids: str, day: str = "2026-04-28", **more: Any) -> None:
    """Let there be créneaux."""
    about = {"centre": "sables", "dateHeureDebut": f"{day}T08:00:00", **more}
    patch(vendor, creneaux=[{"id": id_, **about} for id_ in ids])


def reserve(vendor: Vendor, *ids: str, ecole: str = "p", **more: Any) -> None:
    """Let examens of an école stand on créneaux of their own."""
    offer(vendor, *(f"c-{id_}" for id_ in ids), **more)
    examens = [{"id": id_, "autoEcole": ecole, "creneau": f"c-{id_}"} for id_ in ids]
    patch(vendor, examens=examens)


def read(vendor: Vendor, departement: str = "085", groupe: str = "B", **query: str) -> Any:
    """What a école reads of its seuil."""
    asked = {"code-departement": departement, "groupe-permis": groupe, **query}
    answer = vendor.get(V2 + PATH, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def used(vendor: Vendor, departement: str = "085", groupe: str = "B", **query: str) -> int:
    """How many places an école has taken."""
    count = read(vendor, departement, groupe, **query)["nombreDePlacesUtilisees"]
    assert isinstance(count, int)
    return count


def test_a_seuil_is_the_etp_times_the_coefficient_rounded_down(paul: Vendor) -> None:
    reserve(paul, *(f"e{number}" for number in range(9)))

    assert read(paul) == {
        "codeDepartement": "085",
        "groupePermis": "B",
        "mois": "2026-04",
        "etp": 2.0,
        "coefficient": 4.5,
        "seuil": 9,
        "plafond": 13,
        "nombreDePlacesUtilisees": 9,
        "nombreDePlacesRestantes": 0,
    }


def test_in_another_departement_there_is_no_seuil_but_a_plafond(paul: Vendor) -> None:
    quentin = paul.as_("quentin")

    here, there = read(quentin, "044"), read(quentin, "085")

    assert (here["etp"], here["seuil"], here["plafond"]) == (1.0, 4, 6)
    assert (there["etp"], there["seuil"], there["plafond"]) == (0.0, 0, 6)
    assert there["nombreDePlacesRestantes"] == 0


def test_without_etp_there_is_nothing_to_take(paul: Vendor) -> None:
    of_rose = read(paul.as_("rose"))

    assert [of_rose[key] for key in ("etp", "seuil", "plafond", "nombreDePlacesRestantes")] == [
        0.0,
        0,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("etp", "coefficient", "seuil", "plafond"),
    [
        ("0.6", None, 2, 3),
        ("1.3", None, 5, 7),
        ("0.1", None, 0, 0),
        ("2.3", "10", 23, 34),
        ("1.1", "1.1", 1, 1),
        ("0.7", "0.1", 0, 0),
        ("2.0", "0", 0, 0),
        ("8.7", "6.3", 54, 81),
    ],
)
def test_numbers_are_multiplied_as_decimals(
    paul: Vendor, etp: str, coefficient: str | None, seuil: int, plafond: int
) -> None:
    given = [{"groupePermis": "B", "mois": "2026-04", "valeur": etp}]
    patch(paul, autoEcoles=[{"ref": "p", "etp": given}])
    if coefficient:
        about = {"codeDepartement": "085", "groupePermis": "B", "mois": "2026-04"}
        patch(paul, coefficients=[{**about, "valeur": coefficient}])

    told = read(paul)

    assert (told["seuil"], told["plafond"]) == (seuil, plafond)
    assert (told["etp"], told["coefficient"]) == (float(etp), float(coefficient or 4.5))


def test_a_coefficient_is_that_of_its_departement_groupe_and_month(paul: Vendor) -> None:
    about = {"codeDepartement": "085", "groupePermis": "B", "mois": "2026-04"}
    patch(paul, coefficients=[{**about, "valeur": 6.3}])

    assert (read(paul)["coefficient"], read(paul)["seuil"]) == (6.3, 12)
    for other in (read(paul, "044"), read(paul, groupe="A"), read(paul, mois="2026-05")):
        assert other["coefficient"] == 4.5


def test_limits_give_the_coefficient_and_the_plafond_where_nothing_else_does(paul: Vendor) -> None:
    patch(paul, limits={"seuil.coefficientParDefaut": 2.4, "plafond.facteur": 2})

    told = read(paul)

    assert (told["coefficient"], told["seuil"], told["plafond"]) == (2.4, 4, 8)


def test_each_groupe_has_its_own_etp(paul: Vendor) -> None:
    reserve(paul, "e1", groupePermis="A")

    assert [read(paul, groupe="A")[key] for key in ("etp", "seuil", "nombreDePlacesUtilisees")] == [
        0.0,
        0,
        1,
    ]
    assert used(paul) == 0


def test_an_etp_goes_on_until_another_one_is_given(paul: Vendor) -> None:
    given = [{"groupePermis": "B", "mois": "2026-06", "valeur": 3}]
    patch(paul, autoEcoles=[{"ref": "p", "etp": given}])

    months = ("2026-03", "2026-04", "2026-05", "2026-06", "2027-06", "2027-07")

    assert [read(paul, mois=mois)["etp"] for mois in months] == [0.0, 2.0, 2.0, 3.0, 3.0, 0.0]


@pytest.mark.parametrize(
    ("now", "mois"),
    [
        ("2026-04-30T23:59:59+02:00", "2026-04"),
        ("2026-04-30T21:59:59Z", "2026-04"),
        ("2026-04-30T22:00:00Z", "2026-05"),
    ],
)
def test_the_month_is_by_default_that_of_the_clock_in_paris(
    paul: Vendor, now: str, mois: str
) -> None:
    paul.post("/_mock/clock/advance", json={"to": now})

    assert read(paul)["mois"] == mois


def test_a_place_counts_for_the_month_and_departement_of_the_examen(paul: Vendor) -> None:
    reserve(paul, "first", day="2026-05-01")
    reserve(paul, "last", day="2026-05-31")
    reserve(paul, "june", day="2026-06-01")
    reserve(paul, "far", day="2026-05-05", centre="nantes")
    reserve(paul, "theirs", day="2026-05-05", ecole="q")

    assert used(paul, mois="2026-05") == 2
    assert used(paul, mois="2026-06") == 1
    assert used(paul) == 0
    assert used(paul, "044", mois="2026-05") == 1
    assert used(paul, "02A", mois="2026-05") == 0
    assert used(paul.as_("quentin"), mois="2026-05") == 1


def test_what_is_taken_beyond_the_seuil_leaves_nothing_and_no_less(paul: Vendor) -> None:
    reserve(paul, *(f"e{number}" for number in range(11)))

    told = read(paul)

    assert (told["nombreDePlacesUtilisees"], told["nombreDePlacesRestantes"]) == (11, 0)


def test_a_panier_consumes_and_gives_back_what_leaves_it(paul: Vendor) -> None:
    offer(paul, "c1", "c2", "c3")
    panier = paul.post(f"{V2}/paniers").json()["id"]
    for id_ in ("c1", "c2", "c3"):
        paul.post(f"{V2}/paniers/{panier}/creneaux", json={"creneauId": id_})
    assert (used(paul), read(paul)["nombreDePlacesRestantes"]) == (3, 6)

    paul.delete(f"{V2}/paniers/{panier}/creneaux/c1")
    assert used(paul) == 2

    paul.delete(f"{V2}/paniers/{panier}")
    assert used(paul) == 0


def test_a_panier_that_expires_gives_back(paul: Vendor) -> None:
    offer(paul, "c1")
    paul.post(f"{V2}/panier/creneaux", json={"creneauId": "c1"})

    paul.post("/_mock/clock/advance", json={"by": "PT14M59S"})
    assert used(paul) == 1

    paul.post("/_mock/clock/advance", json={"by": "PT1S"})
    assert used(paul) == 0


def test_a_place_that_is_reserved_counts_once_from_the_panier_to_its_end(paul: Vendor) -> None:
    offer(paul, "c1", estCandidatObligatoire=False)
    panier = paul.post(f"{V2}/panier/creneaux", json={"creneauId": "c1"}).json()["id"]
    counts = [used(paul)]

    rows = paul.post(f"{V2}/paniers/{panier}/valider").json()["data"]
    counts.append(used(paul))
    paul.delete(f"{V2}/examens/{rows[0]['examenId']}")
    counts.append(used(paul))

    assert counts == [1, 1, 0]


def test_an_examen_counts_when_it_is_over_too(paul: Vendor) -> None:
    candidat = {"id": "ines", "nom": "Moreau", "numeroDossier": "1"}
    offer(paul, "c1", day="2026-04-02")
    examen = {"id": "e1", "autoEcole": "p", "creneau": "c1", "candidat": "ines"}
    patch(paul, candidats=[candidat], examens=[examen])

    paul.post("/_mock/clock/advance", json={"to": "2026-04-02T08:32:00+02:00"})
    paul.post("/_mock/examens/e1/resultat", json={"statut": "EXAMEN_ECHOUE"})
    assert used(paul) == 1

    paul.post("/_mock/examens/e1/resultat", json={"statut": "EXAMEN_ANNULE"})
    assert used(paul) == 0


def test_a_place_without_a_name_that_is_gone_gives_back(paul: Vendor) -> None:
    reserve(paul, "e1", groupePermis="A", day="2026-04-20")

    paul.post("/_mock/clock/advance", json={"to": "2026-04-09T23:59:59+02:00"})
    assert used(paul, groupe="A") == 1

    paul.post("/_mock/clock/advance", json={"to": "2026-04-10T00:00:00+02:00"})
    assert used(paul, groupe="A") == 0


def add(vendor: Vendor, id_: str) -> tuple[int, str]:
    """What comes of putting a créneau into the current panier."""
    answer = vendor.post(f"{V2}/panier/creneaux", json={"creneauId": id_})
    return (201, "") if answer.status_code == 201 else refusal_of(answer)


SEUIL = (400, "CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT")
PLAFOND = (400, "CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT")


def offer_fresh_and_old(vendor: Vendor, count: int) -> list[str]:
    """A créneau published twelve days ago, and more of thirty-one days ago."""
    offer(vendor, "fresh", dateHeurePublication="2026-03-20T14:00:00Z")
    old = [f"old{number}" for number in range(count)]
    offer(vendor, *old, dateHeurePublication="2026-03-01T10:00:00Z")
    return old


def test_at_its_seuil_an_ecole_takes_old_creneaux_up_to_its_plafond(paul: Vendor) -> None:
    reserve(paul, *(f"e{number}" for number in range(9)))
    old = offer_fresh_and_old(paul, 5)

    assert add(paul, "fresh") == SEUIL
    assert [add(paul, id_) for id_ in old] == [(201, "")] * 4 + [PLAFOND]
    assert add(paul, "fresh") == SEUIL
    assert used(paul) == read(paul)["plafond"] == 13


def test_an_ecole_from_elsewhere_takes_old_creneaux_only(paul: Vendor) -> None:
    old = offer_fresh_and_old(paul, 7)
    quentin = paul.as_("quentin")

    assert add(quentin, "fresh") == SEUIL
    assert [add(quentin, id_) for id_ in old] == [(201, "")] * 6 + [PLAFOND]


def test_an_ecole_without_etp_takes_nothing(paul: Vendor) -> None:
    patch(paul, autoEcoles=[{"ref": "r", "estFermee": False}])
    old = offer_fresh_and_old(paul, 1)
    rose = paul.as_("rose")

    assert add(rose, "fresh") == SEUIL
    assert add(rose, *old) == PLAFOND


def test_a_closed_ecole_and_its_employes_read_their_seuil(paul: Vendor) -> None:
    assert read(paul.as_("rose"))["codeDepartement"] == "085"


def test_places_left_lie_below_the_plafond_too(paul: Vendor) -> None:
    patch(paul, limits={"plafond.facteur": 0.5})
    reserve(paul, "e1")

    told = read(paul)

    assert (told["seuil"], told["plafond"], told["nombreDePlacesRestantes"]) == (9, 4, 3)


def test_a_courbe_opens_places_as_the_month_goes_on(paul: Vendor) -> None:
    patch(paul, limits={"plafond.courbe": "1:0.25 8:1.0"})
    old = offer_fresh_and_old(paul, 9)

    assert [add(paul, id_) for id_ in old[:3]] == [(201, "")] * 2 + [PLAFOND]
    assert add(paul, "fresh") == PLAFOND
    assert read(paul)["plafond"] == 2

    paul.post("/_mock/clock/advance", json={"to": "2026-04-08T00:00:00+02:00"})
    assert [add(paul, id_) for id_ in old] == [(201, "")] * 9
    assert add(paul, "fresh") == PLAFOND


def declare(vendor: Vendor, departement: str, count: int) -> None:
    """Declare formateurs for CE."""
    body = {"codeDepartement": departement, "groupePermis": "CE", "nombreDeFormateurs": count}
    answer = vendor.post(f"{V2}/nombre-de-formateurs", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["groupePermis"] == "CE"


def test_each_formateur_who_is_declared_for_ce_counts_where_he_is_declared(paul: Vendor) -> None:
    assert read(paul, groupe="CE")["seuil"] == 0

    declare(paul, "085", 2)
    declare(paul, "044", 1)

    assert [read(paul, one, "CE")["etp"] for one in ("085", "044", "02A")] == [2.0, 1.0, 0.0]
    told = read(paul, groupe="CE")
    assert (told["groupePermis"], told["seuil"], told["plafond"]) == ("CE", 9, 19)


def test_etp_that_are_given_for_ce_go_before_what_is_declared(paul: Vendor) -> None:
    declare(paul, "085", 2)
    given = [{"groupePermis": "CE", "mois": "2026-04", "valeur": 0.5}]
    patch(
        paul,
        autoEcoles=[{"ref": "p", "etp": given}],
        coefficients=[
            {"codeDepartement": "085", "groupePermis": "CE", "mois": "2026-05", "valeur": 6}
        ],
    )

    assert read(paul, groupe="CE", mois="2026-03")["etp"] == 2.0
    assert read(paul, groupe="CE", mois="2026-04")["seuil"] == 2
    assert read(paul, groupe="CE", mois="2026-05")["seuil"] == 3


def test_ce_is_free_for_all_until_a_limit_says_otherwise(paul: Vendor) -> None:
    quentin = paul.as_("quentin")
    heavy = {"groupePermis": "CE", "dateHeurePublication": "2026-03-20T14:00:00Z"}
    offer(paul, "ce1", "ce2", "ce3", "ce4", "ce5", "ce6", **heavy)

    assert add(quentin, "ce1") == (201, "")

    patch(paul, limits={"ce.declarationObligatoire": True, "ce.seuil": True})
    undeclared = (400, "AUTO_ECOLE_NA_AUCUNE_DECLARATION")
    assert add(quentin, "ce2") == undeclared
    bulk = {"creneauxId": ["ce2", "ce3"]}
    answer = quentin.post(f"{V2}/panier/creneaux-multiples", json=bulk)
    assert refusal_of(answer) == undeclared

    declare(quentin, "044", 1)
    assert add(quentin, "ce2") == SEUIL  # nobody is declared where the centre is

    declare(quentin, "085", 1)
    assert [add(quentin, f"ce{number}") for number in range(2, 6)] == [(201, "")] * 3 + [SEUIL]


def test_the_priority_of_a_creneau_of_ce_ends_where_there_is_a_seuil(paul: Vendor) -> None:
    offer(paul, "ce1", groupePermis="CE", dateHeurePublication="2026-03-20T14:00:00Z")
    patch(paul, limits={"ce.seuil": True})

    answer = paul.post("/_mock/clock/advance", json={"to": "2026-04-19T14:00:00Z"})

    lifted = [one for one in answer.json()["events"] if one["type"].startswith("PRIORITE")]
    assert [one["creneauId"] for one in lifted] == ["ce1"]


def test_v1_tells_the_same(paul: Vendor) -> None:
    asked = f"{PATH}?code-departement=085&groupe-permis=B"

    assert paul.get(f"/api/v1/auto-ecole{asked}").json() == paul.get(V2 + asked).json()


def test_a_seuil_wants_a_token_that_gives_access(paul: Vendor) -> None:
    asked = f"{V2}{PATH}?code-departement=085&groupe-permis=B"
    livret = paul.as_("paul", "livret_numerique:read")

    assert refusal_of(Vendor(paul.application).get(asked)) == (401, "JETON_INVALIDE")
    assert refusal_of(livret.get(asked)) == (403, "SCOPE_INSUFFISANT")


@pytest.mark.parametrize(
    ("query", "champs"),
    [
        ("", ["code-departement", "groupe-permis"]),
        ("code-departement=85&groupe-permis=B", ["code-departement"]),
        ("code-departement=02C&groupe-permis=B", ["code-departement"]),
        ("code-departement=2A&groupe-permis=B", ["code-departement"]),
        ("codeDepartement=085&groupe-permis=B", ["code-departement"]),
        ("code-departement=085&groupe-permis=BA", ["groupe-permis"]),
        ("code-departement=085&groupe-permis=B&mois=2026-13", ["mois"]),
        ("code-departement=085&groupe-permis=B&mois=2026-04-01", ["mois"]),
        ("code-departement=085&groupe-permis=B&mois=", ["mois"]),
        (
            "code-departement=x&groupe-permis=y&mois=z",
            ["code-departement", "groupe-permis", "mois"],
        ),
    ],
)
def test_a_query_that_is_wrong_says_where(paul: Vendor, query: str, champs: list[str]) -> None:
    answer = paul.get(f"{V2}{PATH}?{query}")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert sorted(detail["champ"] for detail in answer.json()["details"]) == champs
