from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx2 import Response

from tests.api.exam_world import (
    EXAM_WORLD,
    UNKNOWN,
    V1,
    V2,
    advance,
    change,
    nothing_written,
    selects,
    state_of,
)
from tests.support import Vendor, refusal_of, running

PANIERS = f"{V2}/paniers"
COURANT = f"{V2}/panier"
OBLIGATOIRE = "inclureEstCandidatObligatoire"


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


def ouvrir(vendor: Vendor, *creneaux: str) -> str:
    """Open a panier that holds some créneaux; its address."""
    answer = vendor.post(PANIERS)
    assert answer.status_code == 201, answer.text
    panier = f"{PANIERS}/{answer.json()['id']}"
    for ref in creneaux:
        added = ajouter(vendor, panier, ref)
        assert added.status_code == 201, added.text
    return panier


def ajouter(vendor: Vendor, panier: str, ref: str, **options: Any) -> Response:
    """Put one créneau into a panier."""
    body = {"creneauId": vendor.id_of(ref)}
    return vendor.post(f"{panier}/creneaux", json=body, **options)


def ajouter_multiples(vendor: Vendor, panier: str, *refs: str, **options: Any) -> Response:
    """Put several créneaux into a panier."""
    body = {"creneauxId": ids_of(vendor, *refs)}
    return vendor.post(f"{panier}/creneaux-multiples", json=body, **options)


def affecter(vendor: Vendor, panier: str, creneau: str, candidat: str | None) -> Response:
    """Say for whom a créneau is held."""
    body = {"candidatId": candidat and vendor.id_of(candidat)}
    return vendor.put(f"{panier}/creneaux/{vendor.id_of(creneau)}/candidat", json=body)


def placer(vendor: Vendor, panier: str, **candidats: str) -> None:
    """Put candidats on créneaux, with success."""
    for creneau, candidat in candidats.items():
        answer = affecter(vendor, panier, creneau.replace("_", "-"), candidat)
        assert answer.status_code == 204, answer.text


def retirer(vendor: Vendor, panier: str, ref: str) -> Response:
    """Take one créneau out."""
    return vendor.delete(f"{panier}/creneaux/{vendor.id_of(ref)}")


def valider(vendor: Vendor, panier: str, **options: Any) -> Response:
    """Reserve what a panier holds."""
    return vendor.post(f"{panier}/valider", **options)


def ids_of(vendor: Vendor, *refs: str) -> list[str]:
    return [vendor.id_of(ref) for ref in refs]


def contents(vendor: Vendor, panier: str) -> list[str]:
    """The créneaux that a panier holds."""
    answer = vendor.get(panier)
    assert answer.status_code == 200, answer.text
    return [element["creneau"]["id"] for element in answer.json()["elementsDuPanier"]]


def many(vendor: Vendor, count: int) -> list[str]:
    """New créneaux of groupe B."""
    refs = [f"n{number}" for number in range(count)]
    change(
        vendor,
        creneaux=[
            {
                "ref": ref,
                "centre": "sables-b",
                "dateHeureDebut": f"2026-04-{1 + number % 28:02}T{8 + number // 28:02}:00:00",
            }
            for number, ref in enumerate(refs)
        ],
    )
    return refs


# To open, list, read and drop a panier.


def test_a_new_panier_is_empty_and_lives_a_quarter_of_an_hour(lea: Vendor) -> None:
    answer = lea.post(PANIERS)

    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        "employeAutoEcoleId": lea.id_of("lea"),
        "groupePermis": None,
        "dateHeureExpiration": "2026-03-10T08:15:00+00:00",
        "elementsDuPanier": [],
    }
    assert lea.get(answer.headers["location"]).json() == answer.json()


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
@pytest.mark.parametrize("version", [V2, V1])
def test_a_new_panier_is_located_under_the_current_version(
    anyone: Vendor, version: str, prefix: str
) -> None:
    lea = Vendor(anyone.application, prefix).as_("lea")

    answer = lea.post(f"{version}/paniers")

    assert answer.headers["location"] == f"{prefix}{PANIERS}/{answer.json()['id']}"


def test_nothing_else_that_is_created_has_a_location(lea: Vendor) -> None:
    panier = ouvrir(lea)
    answers = [
        ajouter(lea, panier, "b1"),
        ajouter_multiples(lea, panier, "b2"),
        ajouter(lea, COURANT, "b3"),
        ajouter_multiples(lea, COURANT, "b4"),
    ]

    assert [answer.status_code for answer in answers] == [201] * 4
    assert all("location" not in answer.headers for answer in answers)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": b""},
        {"content": b"", "headers": {"content-type": "application/json"}},
        {"content": b"", "headers": {"content-type": "text/plain"}},
        {"json": {}},
        {"json": {"employeAutoEcoleId": None}},
    ],
)
def test_without_a_word_a_panier_is_the_callers(lea: Vendor, body: dict[str, Any]) -> None:
    answer = lea.post(PANIERS, **body)

    assert answer.status_code == 201
    assert answer.json()["employeAutoEcoleId"] == lea.id_of("lea")


def test_a_panier_may_be_opened_for_a_colleague(lea: Vendor) -> None:
    answer = lea.post(PANIERS, json={"employeAutoEcoleId": lea.id_of("tom")})

    assert answer.status_code == 201
    assert answer.json()["employeAutoEcoleId"] == lea.id_of("tom")


def test_a_panier_is_for_somebody_of_the_ecole_who_exists(lea: Vendor) -> None:
    stranger = {"employeAutoEcoleId": lea.id_of("max")}
    nobody = {"employeAutoEcoleId": UNKNOWN}
    no_employe = {"employeAutoEcoleId": lea.id_of("ines")}

    with nothing_written(lea):
        answers = [lea.post(PANIERS, json=body) for body in (stranger, nobody, no_employe)]

    assert [refusal_of(answer) for answer in answers] == [
        (400, "EMPLOYE_N_APPARTIENT_PAS_A_AUTO_ECOLE"),
        (400, "EMPLOYE_AUTO_ECOLE_INEXISTANT"),
        (400, "EMPLOYE_AUTO_ECOLE_INEXISTANT"),
    ]


@pytest.mark.parametrize(
    ("content", "content_type", "champ"),
    [
        (b"\xef\xbb\xbf[]", "application/json", "corps"),
        (b"null", "text/plain", "corps"),
        (b"[]", "application/json", "corps"),
        (b'"lea"', "application/json", "corps"),
        (b"{", "application/json", "corps"),
        (b"{}", "text/plain", "corps"),
        (b"{}", "", "corps"),
        (b'{"employeAutoEcoleId": "lea"}', "application/json", "employeAutoEcoleId"),
        (b'{"employeAutoEcoleId": ""}', "application/json", "employeAutoEcoleId"),
        (b'{"employeAutoEcoleId": 1}', "application/json", "employeAutoEcoleId"),
        (b'{"employeId": "x"}', "application/json", "employeId"),
    ],
)
def test_a_body_of_creer_panier_is_read_when_there_is_one(
    lea: Vendor, content: bytes, content_type: str, champ: str
) -> None:
    with nothing_written(lea):
        answer = lea.post(PANIERS, content=content, headers={"content-type": content_type})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize("content", [b"null", b" null\n", BOM, BOM + b"null", BOM + b"{}"])
def test_a_body_that_says_nothing_is_none_where_none_is_needed(lea: Vendor, content: bytes) -> None:
    answer = lea.post(PANIERS, content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 201, answer.text


def test_the_living_paniers_of_the_ecole_are_listed_oldest_first(lea: Vendor, max_: Vendor) -> None:
    first = ouvrir(lea, "b1")
    ouvrir(max_, "b2")
    second = ouvrir(lea.as_("tom"))
    advance(lea, by="PT1M")
    third = ouvrir(lea)

    listed = lea.get(PANIERS).json()

    assert [f"{PANIERS}/{panier['id']}" for panier in listed] == [first, second, third]
    assert listed[0] == lea.get(first).json()
    assert lea.get(f"{V1}/paniers").json() == listed


def test_an_ecole_without_paniers_lists_none(lea: Vendor, max_: Vendor) -> None:
    ouvrir(max_)

    assert lea.get(PANIERS).json() == []


def test_a_panier_that_is_dropped_gives_its_creneaux_back(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1", "b2")

    answer = lea.delete(panier)

    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal_of(lea.get(panier)) == (404, "PANIER_INCONNU")
    assert refusal_of(lea.delete(panier)) == (404, "PANIER_INCONNU")
    assert ajouter(max_, ouvrir(max_), "b1").status_code == 201


# What a panier shows.


def test_an_element_shows_its_creneau_and_its_candidat(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    alone = lea.get(panier).json()
    placer(lea, panier, b1="ines")

    named = lea.get(panier).json()

    creneau = {
        "id": lea.id_of("b1"),
        "centre": {"id": lea.id_of("sables-b"), "nom": "SABLES B"},
        "numeroInspecteur": "1357",
        "dateHeureDebut": "2026-04-07T08:00:00",
        "dateHeureFin": "2026-04-07T08:32:00",
        "dateHeurePublication": "2026-03-01T14:00:00Z",
        "statutDeReservation": "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE",
        "groupePermis": "B",
        "typeEpreuvePratique": "CIRCULATION",
    }
    ines = {
        "id": lea.id_of("ines"),
        "nom": "Moreau",
        "prenom": "Inès",
        "numeroDossier": "012345678901",
    }
    assert alone == {
        "id": panier.removeprefix(f"{PANIERS}/"),
        "employeAutoEcoleId": lea.id_of("lea"),
        "groupePermis": "B",
        "dateHeureExpiration": "2026-03-10T08:15:00+00:00",
        "elementsDuPanier": [{"creneau": creneau, "candidat": None}],
    }
    assert named["elementsDuPanier"] == [{"creneau": creneau, "candidat": ines}]


def test_elements_stand_in_the_order_of_their_addition(lea: Vendor) -> None:
    panier = ouvrir(lea, "b3", "b1", "b2")
    placer(lea, panier, b3="ines")
    retirer(lea, panier, "b1")

    ajouter(lea, panier, "b1")

    assert contents(lea, panier) == ids_of(lea, "b3", "b2", "b1")


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ({}, False),
        ({OBLIGATOIRE: "false"}, False),
        ({OBLIGATOIRE: "0"}, False),
        ({OBLIGATOIRE: "true"}, True),
        ({OBLIGATOIRE: "1"}, True),
    ],
)
def test_whether_a_name_is_compulsory_is_said_when_asked(
    lea: Vendor, query: dict[str, str], *, is_there: bool
) -> None:
    panier = ouvrir(lea)

    answers = [
        ajouter(lea, panier, "b1", params=query).json(),
        ajouter_multiples(lea, panier, "b2", params=query).json()["panier"],
        ajouter_multiples(lea, panier, "b1", params=query).json()["panier"],
        ajouter(lea, COURANT, "b3", params=query).json(),
        ajouter_multiples(lea, COURANT, "b4", params=query).json()["panier"],
        lea.get(COURANT, params=query).json(),
    ]

    expected = {"creneau", "candidat"} | ({"estCandidatObligatoire"} if is_there else set())
    for answer in answers:
        assert all(element.keys() == expected for element in answer["elementsDuPanier"])


def test_reading_a_panier_by_its_id_never_says_it(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    answer = lea.get(panier, params={OBLIGATOIRE: "true"})

    assert "estCandidatObligatoire" not in answer.json()["elementsDuPanier"][0]


@pytest.mark.parametrize(
    ("creneau", "expected"),
    [("b1", True), ("a-plateau1", False), ("ce1", False)],
)
def test_a_name_is_compulsory_by_groupe(lea: Vendor, creneau: str, *, expected: bool) -> None:
    answer = ajouter(lea, COURANT, creneau, params={OBLIGATOIRE: "1"})

    assert answer.json()["elementsDuPanier"][0]["estCandidatObligatoire"] is expected


def test_a_scenario_may_say_otherwise_until_the_tenth_day_before(lea: Vendor) -> None:
    change(lea, creneaux=[{"ref": "b1", "estCandidatObligatoire": False}])
    advance(lea, to="2026-03-27T22:55:00Z")
    ajouter(lea, COURANT, "b1")
    before = lea.get(COURANT, params={OBLIGATOIRE: "1"}).json()

    advance(lea, to="2026-03-27T23:00:00Z")  # 28 March in Paris
    after = lea.get(COURANT, params={OBLIGATOIRE: "1"}).json()

    assert before["elementsDuPanier"][0]["estCandidatObligatoire"] is False
    assert after["elementsDuPanier"][0]["estCandidatObligatoire"] is True


@pytest.mark.parametrize("said", ["oui", "TRUE", "", "2", "null"])
def test_the_flag_is_a_boolean(lea: Vendor, said: str) -> None:
    panier, params = ouvrir(lea), {OBLIGATOIRE: said}

    with nothing_written(lea):
        answers = [
            ajouter(lea, panier, "b1", params=params),
            ajouter_multiples(lea, panier, "b1", params=params),
            lea.get(COURANT, params=params),
            ajouter(lea, COURANT, "b1", params=params),
            ajouter_multiples(lea, COURANT, "b1", params=params),
        ]

    for answer in answers:
        assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
        assert [detail["champ"] for detail in answer.json()["details"]] == [OBLIGATOIRE]


# To add one créneau.


def test_a_creneau_is_added_and_the_whole_panier_comes_back(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    answer = ajouter(lea, panier, "b2")

    assert answer.status_code == 201
    assert answer.json() == lea.get(panier).json()
    assert contents(lea, panier) == ids_of(lea, "b1", "b2")


@pytest.mark.parametrize("id_", [UNKNOWN, "", "pas-un-uuid"])
def test_an_unknown_creneau_is_not_found(lea: Vendor, id_: str) -> None:
    panier = ouvrir(lea)

    with nothing_written(lea):
        answer = lea.post(f"{panier}/creneaux", json={"creneauId": id_})

    assert refusal_of(answer) == (404, "CRENEAU_INCONNU")


def test_a_creneau_is_unknown_until_it_is_published(lea: Vendor) -> None:
    panier = ouvrir(lea)
    assert refusal_of(ajouter(lea, panier, "b-futur")) == (404, "CRENEAU_INCONNU")

    advance(lea, to="2026-03-10T14:00:00Z")

    assert ajouter(lea, ouvrir(lea), "b-futur").status_code == 201


def test_ids_of_other_things_are_no_creneaux(lea: Vendor) -> None:
    panier = ouvrir(lea)

    with nothing_written(lea):
        for ref in ("e-inscrit", "sables-b", "ines"):
            assert refusal_of(ajouter(lea, panier, ref)) == (404, "CRENEAU_INCONNU")


def test_a_creneau_is_in_one_panier_at_most(lea: Vendor, max_: Vendor) -> None:
    first, second, other = ouvrir(lea, "b1"), ouvrir(lea), ouvrir(max_)

    with nothing_written(lea):
        answers = [
            ajouter(lea, first, "b1"),
            ajouter(lea, second, "b1"),
            ajouter(max_, other, "b1"),
            ajouter(max_, COURANT, "b1"),
        ]

    assert [refusal_of(answer) for answer in answers] == [(409, "CRENEAU_DEJA_RESERVE")] * 4


@pytest.mark.parametrize("ref", ["b-noe", "b-inscrit", "b-ferme", "b-attente"])
def test_a_creneau_that_is_taken_or_closed_is_not_available(lea: Vendor, ref: str) -> None:
    panier = ouvrir(lea)

    with nothing_written(lea):
        assert refusal_of(ajouter(lea, panier, ref)) == (422, "CRENEAU_NON_DISPONIBLE")


def test_a_creneau_is_available_until_it_begins(lea: Vendor) -> None:
    advance(lea, to="2026-03-10T08:59:59Z")
    panier = ouvrir(lea, "b-jour")
    retirer(lea, panier, "b-jour")

    advance(lea, by="PT1S")

    assert refusal_of(ajouter(lea, panier, "b-jour")) == (422, "CRENEAU_NON_DISPONIBLE")


def test_the_thirty_seventh_creneau_finds_the_panier_full(lea: Vendor) -> None:
    refs = many(lea, 37)
    panier = ouvrir(lea)
    for start in (0, 12, 24):
        ajouter_multiples(lea, panier, *refs[start : start + 12])

    with nothing_written(lea):
        assert refusal_of(ajouter(lea, panier, refs[36])) == (400, "PANIER_PLEIN")

    assert contents(lea, panier) == ids_of(lea, *refs[:36])


def test_how_much_a_panier_holds_is_a_limit(lea: Vendor) -> None:
    change(lea, limits={"panier.capacite": 1})
    panier = ouvrir(lea, "b1")

    assert refusal_of(ajouter(lea, panier, "b2")) == (400, "PANIER_PLEIN")


def test_a_panier_is_of_one_groupe_until_it_is_empty(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    with nothing_written(lea):
        refused = [ajouter(lea, panier, ref) for ref in ("a-plateau1", "ce1")]
    assert [refusal_of(one) for one in refused] == [(400, "CRENEAU_DE_GROUPE_DIFFERENT")] * 2

    retirer(lea, panier, "b1")

    assert lea.get(panier).json()["groupePermis"] is None
    assert ajouter(lea, panier, "a-plateau1").json()["groupePermis"] == "A"
    assert refusal_of(ajouter(lea, panier, "b1")) == (400, "CRENEAU_DE_GROUPE_DIFFERENT")


def test_an_ecole_must_have_said_who_teaches_there_but_for_ce(anyone: Vendor) -> None:
    nina = anyone.as_("nina")
    panier = ouvrir(nina)
    with nothing_written(nina):
        answer = ajouter(nina, panier, "b1")
    assert refusal_of(answer) == (400, "AUTO_ECOLE_NA_AUCUNE_DECLARATION")

    assert ajouter(nina, panier, "ce1").status_code == 201


def test_seuil_and_plafond_are_the_ecoles(max_: Vendor) -> None:
    panier = ouvrir(max_, "b1", "b1bis", "b2")  # with its examen, the four of its seuil
    with nothing_written(max_):
        fresh = ajouter(max_, panier, "b3")
    ajouter(max_, panier, "b-vieux1")
    ajouter(max_, panier, "b-vieux2")
    with nothing_written(max_):
        old = ajouter(max_, panier, "b-vieux3")
        still_fresh = ajouter(max_, panier, "b3")

    assert refusal_of(fresh) == (400, "CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT")
    assert refusal_of(old) == (400, "CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT")
    assert refusal_of(still_fresh) == (400, "CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT")


def test_taking_a_creneau_out_gives_its_place_back(max_: Vendor) -> None:
    panier = ouvrir(max_, "b1", "b1bis", "b2")
    assert ajouter(max_, panier, "b3").status_code == 400

    retirer(max_, panier, "b1")

    assert ajouter(max_, panier, "b3").status_code == 201


def test_of_two_reasons_the_first_is_told(anyone: Vendor, lea: Vendor) -> None:
    """All reasons stand at once; each step takes away the one that was told."""
    nina = anyone.as_("nina")
    mine, other = ouvrir(nina, "ce1"), ouvrir(lea, "b1")
    change(nina, limits={"panier.capacite": 1})
    change(nina, creneaux=[{"ref": "b1", "dateHeurePublication": "2026-03-10T08:00:01Z"}])
    change(nina, centres=[{"ref": "sables-b", "estFerme": True}])

    def teach(groupe: str) -> None:
        etp = [{"groupePermis": groupe, "mois": "2026-03", "valeur": 1}]
        change(nina, autoEcoles=[{"ref": "neuve", "etp": etp}])

    steps: list[tuple[int, str, Callable[[], object]]] = [
        (404, "CRENEAU_INCONNU", lambda: advance(nina, by="PT1S")),
        (409, "CRENEAU_DEJA_RESERVE", lambda: lea.delete(other)),
        (
            422,
            "CRENEAU_NON_DISPONIBLE",
            lambda: change(nina, centres=[{"ref": "sables-b", "estFerme": False}]),
        ),
        (400, "PANIER_PLEIN", lambda: change(nina, limits={"panier.capacite": 36})),
        (400, "CRENEAU_DE_GROUPE_DIFFERENT", lambda: retirer(nina, mine, "ce1")),
        (400, "AUTO_ECOLE_NA_AUCUNE_DECLARATION", lambda: teach("A")),
        (
            400,
            "CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT",
            lambda: change(nina, limits={"seuil.prioriteTerritorialeJours": 0}),
        ),
        (400, "CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT", lambda: teach("B")),
    ]
    for status, code, take_away in steps:
        assert refusal_of(ajouter(nina, mine, "b1")) == (status, code)
        take_away()

    assert ajouter(nina, mine, "b1").status_code == 201


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["creneauId"]),
        ({"creneauId": None}, ["creneauId"]),
        ({"creneauId": 1}, ["creneauId"]),
        ({"creneauId": ["x"]}, ["creneauId"]),
        ({"creneauId": "x", "candidatId": "y"}, ["candidatId"]),
        ([], ["corps"]),
        (None, ["corps"]),
    ],
)
@pytest.mark.parametrize("form", ["by id", "current"])
def test_each_problem_of_an_addition_is_named(
    lea: Vendor, body: object, champs: list[str], form: str
) -> None:
    panier = ouvrir(lea) if form == "by id" else COURANT

    with nothing_written(lea):
        answer = lea.post(f"{panier}/creneaux", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs


def test_problems_of_the_query_come_before_those_of_the_body(lea: Vendor) -> None:
    answer = lea.post(f"{ouvrir(lea)}/creneaux", params={OBLIGATOIRE: "oui"}, json={})

    assert [detail["champ"] for detail in answer.json()["details"]] == [OBLIGATOIRE, "creneauId"]


def test_unknown_fields_are_ignored_where_the_scenario_wants_it(lea: Vendor) -> None:
    change(lea, responses={"unknownFields": "ignore"})

    answer = lea.post(
        f"{ouvrir(lea)}/creneaux", json={"creneauId": lea.id_of("b1"), "candidatId": 3}
    )

    assert answer.status_code == 201


# To add several.


def test_a_bulk_that_succeeds_entirely_is_created(lea: Vendor) -> None:
    panier = ouvrir(lea)

    answer = ajouter_multiples(lea, panier, "b2", "b1")

    assert answer.status_code == 201
    assert answer.json() == {
        "crenauxIdsAjoutesAuPanierAvecSucces": ids_of(lea, "b2", "b1"),
        "crenauxIdsAjoutesAuPanierEnEchec": [],
        "panier": lea.get(panier).json(),
    }
    assert contents(lea, panier) == ids_of(lea, "b2", "b1")


@pytest.mark.parametrize("status", [200, 201, 207])
@pytest.mark.parametrize("form", ["by id", "current"])
def test_the_status_of_a_whole_success_is_the_scenarios(form: str, status: int) -> None:
    text = f"{EXAM_WORLD}responses: {{bulkSuccessStatus: {status}}}\n"
    with running(text) as application:
        lea = Vendor(application).as_("lea")
        panier = ouvrir(lea) if form == "by id" else COURANT

        assert ajouter_multiples(lea, panier, "b1").status_code == status
        assert ajouter_multiples(lea, panier, "b1", "b2").status_code == 207


def test_what_succeeds_stays_when_a_part_fails(lea: Vendor, max_: Vendor) -> None:
    ouvrir(max_, "b2")
    panier = ouvrir(lea)
    asked = ["b4", "b2", "b-futur", "b3", "a-plateau1", "b-noe", "b1"]

    answer = ajouter_multiples(lea, panier, *asked)

    assert answer.status_code == 207
    assert answer.json() == {
        "crenauxIdsAjoutesAuPanierAvecSucces": ids_of(lea, "b4", "b3", "b1"),
        "crenauxIdsAjoutesAuPanierEnEchec": ids_of(lea, "b2", "b-futur", "a-plateau1", "b-noe"),
        "panier": lea.get(panier).json(),
    }
    assert contents(lea, panier) == ids_of(lea, "b4", "b3", "b1")


def test_a_bulk_of_which_nothing_succeeds_is_answered_alike(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    body = {"creneauxId": [lea.id_of("b1"), UNKNOWN, "", "pas-un-uuid"]}

    with nothing_written(lea):
        answer = lea.post(f"{panier}/creneaux-multiples", json=body)

    assert answer.status_code == 207
    assert answer.json()["crenauxIdsAjoutesAuPanierAvecSucces"] == []
    assert answer.json()["crenauxIdsAjoutesAuPanierEnEchec"] == body["creneauxId"]


def test_of_three_more_than_thirty_five_one_enters(lea: Vendor) -> None:
    refs = many(lea, 38)
    panier = ouvrir(lea)
    for start in (0, 12, 24):
        ajouter_multiples(lea, panier, *refs[start : min(start + 12, 35)])

    answer = ajouter_multiples(lea, panier, *refs[35:])

    assert answer.status_code == 207
    assert answer.json()["crenauxIdsAjoutesAuPanierAvecSucces"] == ids_of(lea, refs[35])
    assert answer.json()["crenauxIdsAjoutesAuPanierEnEchec"] == ids_of(lea, *refs[36:])
    assert len(contents(lea, panier)) == 36


def test_a_bulk_stops_counting_at_the_seuil(max_: Vendor) -> None:
    answer = ajouter_multiples(max_, COURANT, "b1", "b1bis", "b2", "b3", "b-vieux1", "b4")

    assert answer.status_code == 207
    assert answer.json()["crenauxIdsAjoutesAuPanierEnEchec"] == ids_of(max_, "b3", "b4")


def test_the_first_creneau_of_a_bulk_gives_the_groupe(lea: Vendor) -> None:
    answer = ajouter_multiples(lea, ouvrir(lea), "b-noe", "a-plateau1", "b1")

    assert answer.json()["panier"]["groupePermis"] == "A"
    assert answer.json()["crenauxIdsAjoutesAuPanierEnEchec"] == ids_of(lea, "b-noe", "b1")


@pytest.mark.parametrize("form", ["by id", "current"])
def test_a_bulk_without_declaration_is_refused_as_a_whole(anyone: Vendor, form: str) -> None:
    nina = anyone.as_("nina")
    panier = ouvrir(nina) if form == "by id" else COURANT

    with nothing_written(nina):
        answer = ajouter_multiples(nina, panier, "b1", "b2")

    assert refusal_of(answer) == (400, "AUTO_ECOLE_NA_AUCUNE_DECLARATION")
    assert ajouter_multiples(nina, panier, "ce1", "ce2").status_code == 201


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["creneauxId"]),
        ({"creneauxId": None}, ["creneauxId"]),
        ({"creneauxId": []}, ["creneauxId"]),
        ({"creneauxId": "x"}, ["creneauxId"]),
        ({"creneauxId": [f"x{number}" for number in range(13)]}, ["creneauxId"]),
        ({"creneauxId": ["x", "y", "x"]}, ["creneauxId"]),
        ({"creneauxId": ["x", 1, None]}, ["creneauxId[1]", "creneauxId[2]"]),
        ({"creneauxId": ["x"], "creneauId": "x"}, ["creneauId"]),
        ([], ["corps"]),
    ],
)
@pytest.mark.parametrize("form", ["by id", "current"])
def test_each_problem_of_a_bulk_is_named(
    lea: Vendor, body: object, champs: list[str], form: str
) -> None:
    panier = ouvrir(lea) if form == "by id" else COURANT

    with nothing_written(lea):
        answer = lea.post(f"{panier}/creneaux-multiples", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs


def test_how_many_a_bulk_may_name_is_a_limit(lea: Vendor) -> None:
    change(lea, limits={"panier.ajoutMultipleMax": 1})

    assert ajouter_multiples(lea, ouvrir(lea), "b1", "b2").status_code == 400
    assert ajouter_multiples(lea, ouvrir(lea), "b1").status_code == 201


def test_a_bulk_reads_each_creneau_once_and_all_else_as_often_as_for_one(lea: Vendor) -> None:
    before, first, *others = ids_of(lea, *many(lea, 14))
    path = f"{ouvrir(lea)}/creneaux-multiples"
    lea.post(path, json={"creneauxId": [before]})  # what happens next by itself is looked up once
    with selects(lea) as of_one:
        lea.post(path, json={"creneauxId": [first]})
    with selects(lea) as of_twelve:
        answer = lea.post(path, json={"creneauxId": others})

    assert answer.status_code == 201
    find_it, count_its_id, check_its_id = 1, 1, 1
    assert len(of_twelve) - len(of_one) == 11 * (find_it + count_its_id + check_its_id)


def test_twelve_are_not_too_many(lea: Vendor) -> None:
    assert ajouter_multiples(lea, ouvrir(lea), *many(lea, 12)).status_code == 201


# To take out, to place.


def test_a_creneau_that_is_taken_out_is_free_again(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1", "b2")

    answer = retirer(lea, panier, "b1")

    assert (answer.status_code, answer.content) == (204, b"")
    assert contents(lea, panier) == ids_of(lea, "b2")
    assert ajouter(max_, COURANT, "b1").status_code == 201


@pytest.mark.parametrize("ref", ["b3", "b2", "b-noe", "b-futur", "e-inscrit"])
def test_what_a_panier_does_not_hold_is_not_in_it(lea: Vendor, max_: Vendor, ref: str) -> None:
    panier = ouvrir(lea, "b1")
    ouvrir(max_, "b2")

    with nothing_written(lea):
        answers = [retirer(lea, panier, ref), affecter(lea, panier, ref, "ines")]

    assert [refusal_of(answer) for answer in answers] == [(404, "CRENEAU_PAS_DANS_LE_PANIER")] * 2


def test_a_candidat_is_placed_replaced_and_taken_away(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    placed = []
    for candidat in ("ines", "ines", "zoe", None, None):
        answer = affecter(lea, panier, "b1", candidat)
        assert (answer.status_code, answer.content) == (204, b"")
        (element,) = lea.get(panier).json()["elementsDuPanier"]
        placed.append(element["candidat"] and element["candidat"]["prenom"])

    assert placed == ["Inès", "Inès", "Zoé", None, None]


def test_who_is_there_already_is_not_looked_at_again(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    placer(lea, panier, b1="ines")
    change(lea, candidats=[{"ref": "ines", "toujours": "CANDIDAT_SOUS_PENALITE"}])

    with nothing_written(lea):
        assert affecter(lea, panier, "b1", "ines").status_code == 204


@pytest.mark.parametrize(
    ("candidat", "refusal"),
    [
        ("eva", (422, "CANDIDAT_PAS_SOUS_MANDAT")),
        ("noe", (422, "CANDIDAT_PAS_SOUS_MANDAT")),
        ("renvoi", (422, "CANDIDAT_SANS_DEMANDE_ACTIVE")),
        ("penalite", (422, "CANDIDAT_SOUS_PENALITE")),
        ("inscrit", (409, "CANDIDAT_DEJA_INSCRIT")),
        ("attente", (422, "CANDIDAT_EN_ATTENTE_DE_RESULTAT")),
        ("recu", (422, "CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN")),
        ("zoe", (409, "CANDIDAT_DEJA_DANS_PANIER")),
        ("b1", (404, "CANDIDAT_INCONNU")),
    ],
)
def test_each_reason_not_to_place_a_candidat(
    lea: Vendor, candidat: str, refusal: tuple[int, str]
) -> None:
    placer(lea, ouvrir(lea, "b2"), b2="zoe")
    panier = ouvrir(lea, "b1")

    with nothing_written(lea):
        assert refusal_of(affecter(lea, panier, "b1", candidat)) == refusal


@pytest.mark.parametrize("version", [V2, V1])
def test_an_unknown_candidat_is_not_said_to_be_a_pair(lea: Vendor, version: str) -> None:
    panier = ouvrir(lea, "b1").replace(V2, version)

    answer = lea.put(f"{panier}/creneaux/{lea.id_of('b1')}/candidat", json={"candidatId": UNKNOWN})

    assert refusal_of(answer) == (404, "CANDIDAT_INCONNU")
    assert answer.json()["message"] == "Le candidat est inconnu"


def test_of_two_reasons_about_a_candidat_the_first_is_told(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    placer(lea, ouvrir(lea, "b2"), b2="ines")
    penalite = {"groupePermis": "B", "dateExamen": "2026-03-09", "dureeEnJour": 20}
    change(lea, candidats=[{"ref": "ines", "penalites": [penalite]}])

    told = [refusal_of(affecter(lea, panier, "b1", "ines"))[1]]
    rejetee = {"categoriePermis": "B", "statut": "REJETEE"}
    change(lea, candidats=[{"ref": "ines", "demandes": [rejetee]}])
    told.append(refusal_of(affecter(lea, panier, "b1", "ines"))[1])
    missing = affecter(lea, panier, "b3", "ines")

    assert told == ["CANDIDAT_SOUS_PENALITE", "CANDIDAT_SANS_DEMANDE_ACTIVE"]
    assert refusal_of(missing) == (404, "CRENEAU_PAS_DANS_LE_PANIER")


def test_plateau_and_circulation_of_one_candidat_share_a_panier(lea: Vendor) -> None:
    panier = ouvrir(lea, "a-plateau1", "a-plateau2", "a-circulation")
    placer(lea, panier, a_plateau1="ines", a_circulation="ines")

    answer = affecter(lea, panier, "a-plateau2", "ines")

    assert refusal_of(answer) == (409, "CANDIDAT_DEJA_DANS_PANIER")


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["candidatId"]),
        ({"candidatId": 1}, ["candidatId"]),
        ({"candidatId": None, "creneauId": "x"}, ["creneauId"]),
        ([], ["corps"]),
        (None, ["corps"]),
    ],
)
def test_the_key_of_the_candidat_must_be_there(
    lea: Vendor, body: object, champs: list[str]
) -> None:
    panier = ouvrir(lea, "b1")

    with nothing_written(lea):
        answer = lea.put(f"{panier}/creneaux/{lea.id_of('b1')}/candidat", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs


# To validate.


def test_a_panier_of_which_all_is_reserved_is_closed(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b2", "b1")
    placer(lea, panier, b2="ines", b1="zoe")

    answer = valider(lea, panier)

    rows = answer.json()["data"]
    assert answer.status_code == 200
    assert answer.json() == {
        "panierId": panier.removeprefix(f"{PANIERS}/"),
        "contientAuMoinsUneErreur": False,
        "data": [
            {"creneauId": lea.id_of("b2"), "estReserve": True, "examenId": rows[0]["examenId"]},
            {"creneauId": lea.id_of("b1"), "estReserve": True, "examenId": rows[1]["examenId"]},
        ],
    }
    assert lea.get(PANIERS).json() == []
    examen = lea.get(f"{V2}/examens/{rows[0]['examenId']}").json()
    assert examen["creneauId"] == lea.id_of("b2")
    assert examen["candidat"]["prenom"] == "Inès"
    assert examen["dateHeureReservation"] == "2026-03-10T08:00:00Z"
    assert refusal_of(ajouter(max_, COURANT, "b2")) == (422, "CRENEAU_NON_DISPONIBLE")


def test_a_second_validation_reserves_nothing_twice(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    placer(lea, panier, b1="ines")
    valider(lea, panier)

    with nothing_written(lea):
        answer = valider(lea, panier)

    assert refusal_of(answer) == (404, "PANIER_INCONNU")
    assert state_of(lea).count("creneau: b1\n") == 1


def test_an_empty_panier_is_closed_too(lea: Vendor) -> None:
    panier = ouvrir(lea)

    answer = valider(lea, panier)

    assert answer.status_code == 200
    assert answer.json()["contientAuMoinsUneErreur"] is False
    assert answer.json()["data"] == []
    assert refusal_of(valider(lea, panier)) == (404, "PANIER_INCONNU")


def test_what_is_refused_stays_and_is_looked_at_alone(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1", "b2", "b3")
    change(lea, creneaux=[{"ref": "b3", "estCandidatObligatoire": False}])
    placer(lea, panier, b1="ines", b2="zoe")
    change(lea, candidats=[{"ref": "zoe", "toujours": "CANDIDAT_SOUS_PENALITE"}])
    advance(lea, by="PT5M")

    first = valider(lea, panier)

    assert first.status_code == 207
    one, two, three = first.json()["data"]
    assert first.json()["contientAuMoinsUneErreur"] is True
    assert one.keys() == three.keys() == {"creneauId", "estReserve", "examenId"}
    assert two == {
        "creneauId": lea.id_of("b2"),
        "estReserve": False,
        "codeMessage": "CANDIDAT_SOUS_PENALITE",
    }
    assert contents(lea, panier) == ids_of(lea, "b2")
    assert lea.get(panier).json()["dateHeureExpiration"] == "2026-03-10T08:15:00+00:00"

    with nothing_written(lea):
        second = valider(lea, panier)
    assert second.status_code == 207
    assert second.json()["data"] == [two]

    change(lea, candidats=[{"ref": "zoe", "toujours": None}])
    third = valider(lea, panier)
    assert third.status_code == 200
    assert [row["creneauId"] for row in third.json()["data"]] == ids_of(lea, "b2")


def test_a_name_that_is_compulsory_and_missing_refuses_a_row(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    with nothing_written(lea):
        answer = valider(lea, panier)

    assert answer.status_code == 207
    assert answer.json()["data"][0]["codeMessage"] == "EXAMEN_NON_NOMINATIF"


def test_a_place_of_groupe_a_is_reserved_without_a_name(lea: Vendor) -> None:
    answer = valider(lea, ouvrir(lea, "a-plateau1"))

    assert answer.status_code == 200
    examen = lea.get(f"{V2}/examens/{answer.json()['data'][0]['examenId']}").json()
    assert examen["candidat"] is None


def test_the_tenth_day_before_wants_a_name_for_everybody(lea: Vendor) -> None:
    advance(lea, to="2026-04-10T21:55:00Z")
    panier = ouvrir(lea, "a-plateau1", "a-plateau2")
    placer(lea, panier, a_plateau2="ines")

    advance(lea, to="2026-04-10T22:00:00Z")  # 11 April in Paris
    answer = valider(lea, panier)

    assert answer.status_code == 207
    assert [row.get("codeMessage") for row in answer.json()["data"]] == [
        "EXAMEN_NON_NOMINATIF",
        None,
    ]


def test_what_has_begun_or_closed_meanwhile_is_not_available(lea: Vendor) -> None:
    advance(lea, to="2026-03-10T08:55:00Z")
    change(lea, centres=[{"ref": "gonesse-b", "codeDepartement": "085"}])
    panier = ouvrir(lea, "b-jour", "b-gonesse", "b1")
    placer(lea, panier, b1="ines")
    change(lea, centres=[{"ref": "gonesse-b", "estFerme": True}])
    advance(lea, to="2026-03-10T09:00:00Z")

    answer = valider(lea, panier)

    assert answer.status_code == 207
    assert [row.get("codeMessage") for row in answer.json()["data"]] == [
        "CRENEAU_NON_DISPONIBLE",
        "CRENEAU_NON_DISPONIBLE",
        None,
    ]


def test_seuil_and_plafond_are_not_looked_at_again(max_: Vendor) -> None:
    panier = ouvrir(max_, "b1")
    etp = [{"groupePermis": "B", "mois": "2026-03", "valeur": 0}]
    change(max_, autoEcoles=[{"ref": "autre", "etp": etp}])
    change(max_, creneaux=[{"ref": "b1", "estCandidatObligatoire": False}])

    assert valider(max_, panier).status_code == 200


def test_plateau_and_circulation_of_one_candidat_are_reserved_together(lea: Vendor) -> None:
    panier = ouvrir(lea, "a-circulation", "a-plateau1")
    placer(lea, panier, a_circulation="ines", a_plateau1="ines")

    assert valider(lea, panier).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"content": b"{"},
        {"content": b"\xff\xfe", "headers": {"content-type": "application/json"}},
        {"content": b"a=b", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"json": {"inconnu": 1}},
        {"json": None},
        {"json": []},
    ],
)
def test_whatever_comes_with_a_validation_is_ignored(lea: Vendor, body: dict[str, Any]) -> None:
    assert valider(lea, ouvrir(lea, "a-plateau1"), **body).status_code == 200


# How a panier ends.


def test_a_panier_is_gone_at_the_very_second_it_expires(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    assert advance(lea, to="2026-03-10T08:14:59Z") == []
    assert contents(lea, panier) == ids_of(lea, "b1")
    assert refusal_of(ajouter(max_, COURANT, "b1")) == (409, "CRENEAU_DEJA_RESERVE")

    events = advance(lea, to="2026-03-10T08:15:00Z")

    assert events == [
        {
            "at": "2026-03-10T08:15:00Z",
            "atParis": "2026-03-10T09:15:00+01:00",
            "type": "PANIER_EXPIRE",
            "panierId": panier.removeprefix(f"{PANIERS}/"),
            "autoEcoleId": lea.id_of("plesses"),
            "autoEcoleRef": "plesses",
            "autoEcoleNom": "Auto-École des Plesses",
        }
    ]
    assert refusal_of(lea.get(panier)) == (404, "PANIER_INCONNU")
    assert lea.get(PANIERS).json() == []
    assert ajouter(max_, COURANT, "b1").status_code == 201


def test_nothing_prolongs_a_panier(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    advance(lea, by="PT14M")

    added = ajouter(lea, panier, "b2")
    valider(lea, panier)

    assert added.json()["dateHeureExpiration"] == "2026-03-10T08:15:00+00:00"
    assert lea.get(panier).json()["dateHeureExpiration"] == "2026-03-10T08:15:00+00:00"


def test_an_expired_panier_is_unknown_to_every_call(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    advance(lea, by="PT15M")

    with nothing_written(lea):
        for vendor in (lea, max_):
            for answer in everything_with(vendor, panier):
                assert refusal_of(answer) == (404, "PANIER_INCONNU")


def test_how_long_a_panier_lives_is_a_limit(lea: Vendor) -> None:
    change(lea, limits={"panier.dureeMinutes": 60})

    assert lea.post(PANIERS).json()["dateHeureExpiration"] == "2026-03-10T09:00:00+00:00"


# Whose panier it is.


def everything_with(vendor: Vendor, panier: str) -> Iterator[Response]:
    """Every call that names a panier."""
    yield vendor.get(panier)
    yield ajouter(vendor, panier, "b3")
    yield ajouter_multiples(vendor, panier, "b3")
    yield affecter(vendor, panier, "b1", "ines")
    yield affecter(vendor, panier, "b3", None)
    yield retirer(vendor, panier, "b1")
    yield retirer(vendor, panier, "b3")
    yield valider(vendor, panier)
    yield vendor.delete(panier)


def writes_without_a_panier(vendor: Vendor) -> Iterator[Response]:
    """The writes that name none."""
    yield vendor.post(PANIERS)
    yield ajouter(vendor, COURANT, "b3")
    yield ajouter_multiples(vendor, COURANT, "b3")


@pytest.mark.parametrize("stranger", ["max", "nina"])
def test_a_panier_of_another_ecole_is_forbidden_and_nothing_of_it_told(
    lea: Vendor, stranger: str
) -> None:
    panier, other = ouvrir(lea, "b1"), lea.as_(stranger)
    placer(lea, panier, b1="ines")

    with nothing_written(lea):
        for answer in everything_with(other, panier):
            assert refusal_of(answer) == (403, "ACTION_INTERDITE")
            assert answer.json().keys() == {"code", "erreur", "message"}


def test_ids_of_another_kind_are_no_paniers(lea: Vendor) -> None:
    ouvrir(lea, "b1")

    with nothing_written(lea):
        for ref in ("e-inscrit", "e-noe", "b1", "ines", "lea", "plesses"):
            for answer in everything_with(lea, f"{PANIERS}/{lea.id_of(ref)}"):
                assert refusal_of(answer) == (404, "PANIER_INCONNU")


def test_paniers_are_unknown_whatever_is_written_there(lea: Vendor) -> None:
    for id_ in (UNKNOWN, "pas-un-uuid", "creneaux", "%20", "%00", "%FF"):
        assert refusal_of(lea.get(f"{PANIERS}/{id_}")) == (404, "PANIER_INCONNU")


def test_what_is_wrong_with_the_call_comes_before_the_panier(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    for path in (f"{PANIERS}/{UNKNOWN}", panier):
        answer = max_.post(f"{path}/creneaux", json={})
        assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")


def test_a_colleague_may_use_the_panier_as_his_own(lea: Vendor) -> None:
    tom = lea.as_("tom")
    panier = ouvrir(lea, "b1", "b2")

    assert tom.get(panier).status_code == 200
    assert ajouter(tom, panier, "b3").status_code == 201
    assert ajouter_multiples(tom, panier, "b4").status_code == 201
    placer(tom, panier, b1="ines")
    assert retirer(tom, panier, "b2").status_code == 204
    assert valider(tom, panier).status_code == 207
    assert tom.get(panier).json()["employeAutoEcoleId"] == lea.id_of("lea")
    assert tom.delete(panier).status_code == 204


# The current panier.


def test_the_current_panier_is_opened_on_demand_by_each_call(lea: Vendor) -> None:
    read = lea.get(COURANT)

    assert read.status_code == 200
    assert read.json() == lea.get(f"{PANIERS}/{read.json()['id']}").json()
    assert read.json()["elementsDuPanier"] == []
    assert lea.get(COURANT).json() == read.json()

    tom = lea.as_("tom")
    added = ajouter(tom, COURANT, "b1")
    assert added.status_code == 201
    assert added.json() == tom.get(COURANT).json()
    assert added.json()["id"] != read.json()["id"]


def test_a_bulk_opens_the_current_panier_too(lea: Vendor) -> None:
    answer = ajouter_multiples(lea, COURANT, "b1", "b-noe")

    assert answer.status_code == 207
    assert answer.json()["panier"] == lea.get(COURANT).json()
    assert len(lea.get(PANIERS).json()) == 1


def test_the_current_panier_is_the_youngest_of_the_employe(lea: Vendor) -> None:
    tom = lea.as_("tom")
    ouvrir(lea)
    second = ouvrir(lea)
    assert f"{PANIERS}/{lea.get(COURANT).json()['id']}" == second

    advance(lea, by="PT1M")
    third = lea.post(PANIERS, json={"employeAutoEcoleId": lea.id_of("tom")}).json()["id"]
    fourth = ouvrir(tom, "b1")
    tom.delete(fourth)

    assert tom.get(COURANT).json()["id"] == third
    assert f"{PANIERS}/{lea.get(COURANT).json()['id']}" == second


def test_a_new_one_is_current_once_the_last_has_expired(lea: Vendor) -> None:
    before = ajouter(lea, COURANT, "b1").json()
    advance(lea, by="PT15M")

    after = lea.get(COURANT).json()

    assert after["id"] != before["id"]
    assert after["dateHeureExpiration"] == "2026-03-10T08:30:00+00:00"
    assert after["elementsDuPanier"] == []


def test_both_forms_act_on_one_panier(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    ajouter(lea, COURANT, "b2")
    ajouter_multiples(lea, COURANT, "b3")

    assert contents(lea, panier) == ids_of(lea, "b1", "b2", "b3")


@pytest.mark.parametrize(
    ("ref", "refusal"),
    [
        ("e-inscrit", (404, "CRENEAU_INCONNU")),
        ("b1", (409, "CRENEAU_DEJA_RESERVE")),
        ("b-noe", (422, "CRENEAU_NON_DISPONIBLE")),
        ("a-plateau1", (400, "AUTO_ECOLE_NA_AUCUNE_DECLARATION")),
    ],
)
def test_a_refused_addition_opens_no_panier(
    anyone: Vendor, lea: Vendor, ref: str, refusal: tuple[int, str]
) -> None:
    nina = anyone.as_("nina")
    ouvrir(lea, "b1")

    with nothing_written(nina):
        assert refusal_of(ajouter(nina, COURANT, ref)) == refusal

    assert nina.get(PANIERS).json() == []


def test_the_current_panier_may_be_full_or_of_another_groupe(lea: Vendor) -> None:
    ajouter(lea, COURANT, "b1")
    with nothing_written(lea):
        groupe = ajouter(lea, COURANT, "ce1")
    change(lea, limits={"panier.capacite": 1})
    with nothing_written(lea):
        full = ajouter(lea, COURANT, "ce1")

    assert refusal_of(groupe) == (400, "CRENEAU_DE_GROUPE_DIFFERENT")
    assert refusal_of(full) == (400, "PANIER_PLEIN")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", COURANT),
        ("POST", COURANT),
        ("GET", f"{COURANT}/creneaux"),
        ("GET", f"{COURANT}/creneaux-multiples"),
        ("PUT", PANIERS),
    ],
)
def test_the_current_panier_has_no_other_calls(lea: Vendor, method: str, path: str) -> None:
    assert refusal_of(lea.call(method, path)) == (405, "METHODE_NON_AUTORISEE")


def test_the_current_panier_is_not_validated_by_that_name(lea: Vendor) -> None:
    assert refusal_of(lea.post(f"{COURANT}/valider")) == (404, "RESSOURCE_INCONNUE")


# Through v1.


def test_a_panier_goes_its_whole_way_through_v1(lea: Vendor) -> None:
    created = lea.post(f"{V1}/paniers", json={"employeAutoEcoleId": lea.id_of("tom")})
    panier = f"{V1}/paniers/{created.json()['id']}"

    added = ajouter(lea, panier, "b1", params={OBLIGATOIRE: "true"})
    placed = affecter(lea, panier, "b1", "ines")
    validated = valider(lea, panier)

    assert [one.status_code for one in (created, added, placed, validated)] == [201, 201, 204, 200]
    assert added.json()["elementsDuPanier"][0]["estCandidatObligatoire"] is True
    assert "location" not in added.headers
    assert validated.json()["data"][0]["estReserve"] is True
    assert refusal_of(valider(lea, panier)) == (404, "PANIER_INCONNU")


def test_v1_refuses_as_v2_does(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1").replace(V2, V1)

    with nothing_written(lea):
        assert refusal_of(ajouter(lea, panier, "b1")) == (409, "CRENEAU_DEJA_RESERVE")
        assert refusal_of(ajouter(max_, panier, "b2")) == (403, "ACTION_INTERDITE")
        assert valider(lea, panier).status_code == 207


def test_the_other_paniers_of_v2_were_never_in_v1(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1").replace(V2, V1)

    for answer in (
        lea.get(panier),
        lea.delete(panier),
        retirer(lea, panier, "b1"),
        ajouter_multiples(lea, panier, "b2"),
        lea.get(f"{V1}/panier"),
        ajouter(lea, f"{V1}/panier", "b2"),
        ajouter_multiples(lea, f"{V1}/panier", "b2"),
    ):
        assert refusal_of(answer) == (404, "RESSOURCE_INCONNUE")


# Who may act.


def test_a_closed_ecole_reads_its_paniers_and_changes_nothing(anyone: Vendor) -> None:
    change(anyone, paniers=[{"ref": "p1", "employe": "paul", "elements": [{"creneau": "b1"}]}])
    paul = anyone.as_("paul")
    panier = f"{PANIERS}/{paul.id_of('p1')}"

    assert contents(paul, panier) == ids_of(paul, "b1")
    assert len(paul.get(PANIERS).json()) == 1
    assert paul.get(COURANT).json()["id"] == paul.id_of("p1")
    read, *writes = everything_with(paul, panier)
    assert read.status_code == 200
    for answer in [*writes, *writes_without_a_panier(paul)]:
        assert refusal_of(answer) == (403, "ACTION_INTERDITE")
    assert contents(paul, panier) == ids_of(paul, "b1")


def test_a_closed_ecole_may_even_open_a_panier_by_reading_it(anyone: Vendor) -> None:
    assert anyone.as_("paul").get(COURANT).status_code == 200


def test_of_a_closed_ecole_the_parameters_come_first_then_that_it_is_closed(
    anyone: Vendor,
) -> None:
    paul = anyone.as_("paul")

    with nothing_written(paul):
        bad = paul.post(f"{PANIERS}/{UNKNOWN}/creneaux", json={})
        unknown = paul.post(f"{PANIERS}/{UNKNOWN}/creneaux", json={"creneauId": UNKNOWN})

    assert refusal_of(bad) == (400, "PARAMETRE_INVALIDE")
    assert refusal_of(unknown) == (403, "ACTION_INTERDITE")


def test_every_call_wants_the_scope_of_the_exam_api(anyone: Vendor, lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    stranger = anyone.as_("lea", "livret_numerique:read", "livret_numerique:write")

    with nothing_written(lea):
        for vendor, refusal in (
            (stranger, (403, "SCOPE_INSUFFISANT")),
            (anyone, (401, "JETON_INVALIDE")),
        ):
            for answer in (
                vendor.get(PANIERS),
                vendor.get(COURANT),
                *everything_with(vendor, panier),
                *writes_without_a_panier(vendor),
            ):
                assert refusal_of(answer) == refusal


def test_a_gerant_is_not_needed(lea: Vendor) -> None:
    tom = lea.as_("tom")
    panier = ouvrir(tom, "b1")
    placer(tom, panier, b1="ines")

    assert valider(tom, panier).status_code == 200
