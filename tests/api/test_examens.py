from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import Vendor, refusal_of, running

V2 = "/api/v2/auto-ecole"
V1 = "/api/v1/auto-ecole"

WORLD = """\
title: Des écoles, des candidats, et pas encore d'examen
seed: 7
clock: {now: 2026-04-01T09:00:00+02:00}
limits: {oauth.jetonSecondes: 7000000}
autoEcoles:
  - ref: plesses
    nom: Auto-École des Plesses
    codeDepartement: "085"
    employes:
      - {ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}
      - {ref: luc, nom: Bel, prenom: Luc, email: luc@plesses.test, role: EMPLOYE}
    etp:
      - {groupePermis: A, mois: 2026-04, valeur: 9.0}
      - {groupePermis: B, mois: 2026-04, valeur: 9.0}
  - ref: autre
    nom: Une Autre École
    codeDepartement: "085"
    employes: [{ref: max, nom: Roux, prenom: Max, email: max@autre.test}]
    etp: [{groupePermis: B, mois: 2026-04, valeur: 9.0}]
  - ref: fermee
    nom: École Fermée
    codeDepartement: "085"
    estFermee: true
    employes: [{ref: paul, nom: Blanc, prenom: Paul, email: paul@fermee.test}]
centres:
  - {ref: sables, nom: SABLES, codeDepartement: "085", groupesPermis: [A, B, CE]}
candidats:
  - &candidat
    {id: ines, nom: Moreau, prenom: Inès, numeroDossier: 012345678901,
     demandes: [{categoriePermis: B}, {categoriePermis: A2}, {categoriePermis: C}]}
  - {<<: *candidat, id: tom, nom: Noël, prenom: Tom, numeroDossier: "0301200456"}
  - {<<: *candidat, id: zoe, nom: Petit, prenom: Zoé, numeroDossier: "0301200457"}
  - {<<: *candidat, id: ana, nom: Royer, prenom: Ana, numeroDossier: "0301200458"}
  - {<<: *candidat, id: eve, nom: Vidal, prenom: Ève, numeroDossier: "0301200459"}
  - {<<: *candidat, id: libre, nom: Libre, prenom: Luz, numeroDossier: "0301200460"}
  - {id: perdu, nom: Perdu, prenom: Guy, numeroDossier: "0301200461",
     demandes: [{categoriePermis: B, statut: EXPIREE}]}
  - {<<: *candidat, id: puni, nom: Puni, prenom: Léo, numeroDossier: "0301200462",
     toujours: CANDIDAT_SOUS_PENALITE}
mandats:
  - {autoEcole: plesses, candidat: ines, groupePermis: B}
  - {autoEcole: plesses, candidat: ines, groupePermis: A}
  - {autoEcole: plesses, candidat: ines, groupePermis: CE}
  - {autoEcole: plesses, candidat: tom, groupePermis: B}
  - {autoEcole: plesses, candidat: tom, groupePermis: A}
  - {autoEcole: plesses, candidat: zoe, groupePermis: B}
  - {autoEcole: plesses, candidat: zoe, groupePermis: A}
  - {autoEcole: plesses, candidat: ana, groupePermis: B}
  - {autoEcole: plesses, candidat: eve, groupePermis: B}
  - {autoEcole: plesses, candidat: perdu, groupePermis: B}
  - {autoEcole: plesses, candidat: puni, groupePermis: B}
"""

TUESDAY = "2026-04-14T08:00:00"
"""When an examen begins; it may be changed until 11 April, the last second included."""

LAST_SECOND = "2026-04-11T23:59:59+02:00"
TOO_LATE = "2026-04-12T00:00:00+02:00"

READS = [
    f"/examens?statut=PROGRAMME&groupe-permis=B&date={TUESDAY[:10]}",
    "/examens/e1",
    f"/examens/permutables?examen-permute-id=e1&date={TUESDAY[:10]}",
    f"/examens/nombre-de-remplacement?groupe-permis=B&date={TUESDAY[:10]}",
    f"/examens/dates?statut=PROGRAMME&groupe-permis=B&date-debut={TUESDAY[:10]}",
    "/examens-pagines?statut=PROGRAMME&groupe-permis=CE",
]
REMPLACEMENT = {"examenId": "e1", "candidatRemplacantId": "tom"}
PERMUTATION = {"examenId1": "e1", "examenId2": "e2"}
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("DELETE", "/examens/e1", {}),
    ("POST", "/examens/remplacement", {"json": REMPLACEMENT}),
    ("POST", "/examens/permutation", {"json": PERMUTATION}),
]
CALLS = [*(("GET", path, {}) for path in READS), *WRITES]
ALIASED = ("/examens?", "/examens/e1", "/examens/permut", "/examens/remplacement")


@pytest.fixture
def lea() -> Iterator[Vendor]:
    with running(WORLD) as application:
        yield Vendor(application).as_("lea")


def reserve(vendor: Vendor, id_: str, debut: str = TUESDAY, **more: Any) -> None:
    """Let an examen stand, by default of groupe B, on a créneau of its own."""
    kind: dict[str, Any] = {
        key: more.pop(key) for key in ("groupePermis", "typeEpreuvePratique") if key in more
    }
    creneau = {
        "id": f"c-{id_}",
        "centre": "sables",
        "dateHeureDebut": debut,
        "numeroInspecteur": "1357",
        "dateHeurePublication": "2026-03-10T14:00:00Z",
        **kind,
    }
    examen = {"id": id_, "autoEcole": "plesses", "creneau": creneau["id"], **more}
    answer = vendor.patch("/_mock/state", json={"creneaux": [creneau], "examens": [examen]})
    assert answer.status_code == 200, answer.text


def advance(vendor: Vendor, to: str) -> None:
    """Let time pass."""
    assert vendor.post("/_mock/clock/advance", json={"to": to}).status_code == 200


def ids_of(vendor: Vendor, path: str) -> list[str]:
    """The examens that a list holds, in its order."""
    answer = vendor.get(V2 + path)
    assert answer.status_code == 200, answer.text
    return [examen["id"] for examen in answer.json()]


def candidat_of(vendor: Vendor, id_: str) -> str | None:
    """Who is named on an examen."""
    candidat = vendor.get(f"{V2}/examens/{id_}").json()["candidat"]
    return candidat["id"] if candidat else None


def remplacer(vendor: Vendor, id_: str, candidat: str) -> tuple[int, str]:
    """What comes of putting another candidat on an examen."""
    body = {"examenId": id_, "candidatRemplacantId": candidat}
    answer = vendor.post(f"{V2}/examens/remplacement", json=body)
    return (204, "") if answer.status_code == 204 else refusal_of(answer)


def permuter(vendor: Vendor, one: str, other: str) -> tuple[int, str]:
    """What comes of letting the candidats of two examens change places."""
    body = {"examenId1": one, "examenId2": other}
    answer = vendor.post(f"{V2}/examens/permutation", json=body)
    return (204, "") if answer.status_code == 204 else refusal_of(answer)


def restants(vendor: Vendor, groupe: str = "B", day: str = "2026-04-14") -> int:
    """How many candidats may still be replaced in the month of a day."""
    answer = vendor.get(f"{V2}/examens/nombre-de-remplacement?groupe-permis={groupe}&date={day}")
    left = answer.json()["remplacementsRestants"]
    assert isinstance(left, int)
    return left


def row_of(vendor: Vendor, nom: str, groupe: str = "B") -> dict[str, Any]:
    """What the école reads of one of its candidats."""
    filtre = {"groupePermis": groupe, "nom": {"query": nom}}
    answer = vendor.post(f"{V2}/candidats-mandats/recherche", json={"filtre": filtre})
    (row,) = answer.json()["data"]
    assert isinstance(row, dict)
    return row


def planning_of(vendor: Vendor, day: str = TUESDAY[:10]) -> list[dict[str, Any]]:
    """The planning of the centre for groupe B on a day."""
    filtre = {"groupePermis": "B", "date": day, "centreId": vendor.id_of("sables")}
    rows = vendor.post(f"{V2}/planning/recherche", json={"filtre": filtre}).json()
    assert isinstance(rows, list)
    return rows


@pytest.mark.parametrize(("method", "path", "options"), CALLS)
def test_every_operation_wants_a_token_that_gives_access(
    lea: Vendor, method: str, path: str, options: dict[str, Any]
) -> None:
    nobody = Vendor(lea.application)
    livret = lea.as_("lea", "livret_numerique:read", "livret_numerique:write")

    assert refusal_of(nobody.call(method, V2 + path, **options)) == (401, "JETON_INVALIDE")
    assert refusal_of(livret.call(method, V2 + path, **options)) == (403, "SCOPE_INSUFFISANT")


@pytest.mark.parametrize(("method", "path", "options"), CALLS)
def test_an_employe_may_do_all_that_a_gerant_may(
    lea: Vendor, method: str, path: str, options: dict[str, Any]
) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", candidat="zoe")

    assert lea.as_("luc").call(method, V2 + path, **options).status_code in {200, 204}


@pytest.mark.parametrize(("method", "path", "options"), WRITES)
def test_a_closed_ecole_writes_nothing_not_even_of_an_unknown_examen(
    lea: Vendor, method: str, path: str, options: dict[str, Any]
) -> None:
    answer = lea.as_("paul").call(method, V2 + path, **options)

    assert refusal_of(answer) == (403, "ACTION_INTERDITE")


@pytest.mark.parametrize("path", [*READS[:1], *READS[3:]])
def test_a_closed_ecole_goes_on_reading(lea: Vendor, path: str) -> None:
    assert lea.as_("paul").get(V2 + path).status_code == 200


@pytest.mark.parametrize("path", ["/examens/remplacement", "/examens/permutation"])
def test_a_body_that_is_wrong_is_told_before_the_ecole_is_found_closed(
    lea: Vendor, path: str
) -> None:
    assert refusal_of(lea.as_("paul").post(V2 + path, json={})) == (400, "PARAMETRE_INVALIDE")


@pytest.mark.parametrize(
    ("method", "path", "options"), [call for call in CALLS if call[1].startswith(ALIASED)]
)
def test_v1_answers_as_v2_does(
    lea: Vendor, method: str, path: str, options: dict[str, Any]
) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", candidat="zoe")

    old = lea.call(method, V1 + path, **options)
    lea.post("/_mock/reset?scope=state")
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", candidat="zoe")
    new = lea.call(method, V2 + path, **options)

    assert new.status_code in {200, 204}
    assert (old.status_code, old.content) == (new.status_code, new.content)


@pytest.mark.parametrize(
    "path", ["/examens/dates", "/examens/nombre-de-remplacement", "/examens-pagines"]
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_v1_never_had_is_no_id_there_either(lea: Vendor, method: str, path: str) -> None:
    assert refusal_of(lea.call(method, V1 + path)) == (404, "RESSOURCE_INCONNUE")


@pytest.mark.parametrize(
    ("method", "path", "expected", "allow"),
    [
        ("GET", "/examens/permutables", (400, "PARAMETRE_INVALIDE"), None),
        ("GET", "/examens/dates", (400, "PARAMETRE_INVALIDE"), None),
        ("GET", "/examens/nombre-de-remplacement", (400, "PARAMETRE_INVALIDE"), None),
        ("DELETE", "/examens/permutables", (405, "METHODE_NON_AUTORISEE"), "GET"),
        ("DELETE", "/examens/dates", (405, "METHODE_NON_AUTORISEE"), "GET"),
        ("DELETE", "/examens/nombre-de-remplacement", (405, "METHODE_NON_AUTORISEE"), "GET"),
        ("GET", "/examens/remplacement", (405, "METHODE_NON_AUTORISEE"), "POST"),
        ("DELETE", "/examens/permutation", (405, "METHODE_NON_AUTORISEE"), "POST"),
        ("PUT", "/examens/e1", (405, "METHODE_NON_AUTORISEE"), "DELETE, GET"),
        ("POST", "/examens", (405, "METHODE_NON_AUTORISEE"), "GET"),
        ("GET", "/examens/", (404, "RESSOURCE_INCONNUE"), None),
        ("GET", "/examens/e1/", (404, "RESSOURCE_INCONNUE"), None),
        ("GET", "/examens/Dates", (404, "EXAMEN_INCONNU"), None),
    ],
)
def test_words_of_the_contract_win_over_ids(
    lea: Vendor, method: str, path: str, expected: tuple[int, str], allow: str | None
) -> None:
    answer = lea.call(method, V2 + path)

    assert refusal_of(answer) == expected
    assert answer.headers.get("allow") == allow


@pytest.mark.parametrize(
    ("path", "champs"),
    [
        ("/examens", ["statut", "groupe-permis", "date"]),
        ("/examens?statut=PROGRAMME&groupe-permis=CE&date=2026-04-14", ["groupe-permis"]),
        ("/examens?statut=PROGRAMME&groupe-permis=BA&date=2026-04-14", ["groupe-permis"]),
        ("/examens?statut=PROGRAMME&groupe-permis=b&date=2026-04-14", ["groupe-permis"]),
        ("/examens?statut=PASSE&groupe-permis=B&date=14/04/2026", ["statut", "date"]),
        ("/examens?statut=programme&groupe-permis=B&date=2026-02-29", ["statut", "date"]),
        ("/examens?statut=PROGRAMME&groupePermis=B&date=2026-04-14", ["groupe-permis"]),
        ("/examens?statut=&groupe-permis=B&date=", ["statut", "date"]),
        ("/examens/permutables", ["examen-permute-id", "date"]),
        ("/examens/permutables?examen-permute-id=e1&date=demain", ["date"]),
        ("/examens/nombre-de-remplacement", ["groupe-permis", "date"]),
        ("/examens/nombre-de-remplacement?groupe-permis=CE&date=2026-04-14", ["groupe-permis"]),
        ("/examens/nombre-de-remplacement?groupe-permis=B&date=2026-04", ["date"]),
        ("/examens/dates", ["statut", "groupe-permis", "date-debut"]),
        (
            "/examens/dates?statut=ANNULE&groupe-permis=C&date-debut=2026-04-14",
            ["groupe-permis"],
        ),
        (
            "/examens/dates?statut=ANNULE&groupe-permis=B&date-debut=2026-04-14"
            "&creneauSansCandidat=oui",
            ["creneauSansCandidat"],
        ),
        (
            "/examens/dates?statut=ANNULE&groupe-permis=B&date-debut=2026-04-14"
            "&creneauSansCandidat=",
            ["creneauSansCandidat"],
        ),
        ("/examens-pagines", ["groupe-permis", "statut"]),
        ("/examens-pagines?statut=TERMINE&groupe-permis=A", ["groupe-permis"]),
        ("/examens-pagines?statut=TERMINE&groupe-permis=B", ["groupe-permis"]),
        ("/examens-pagines?statut=TERMINE&groupe-permis=CE&date-debut=2026-4-1", ["date-debut"]),
        ("/examens-pagines?statut=TERMINE&groupe-permis=CE&page=0&par-page=101", None),
        ("/examens-pagines?statut=TERMINE&groupe-permis=CE&page=1.0&par-page=0", None),
        ("/examens-pagines?statut=TERMINE&groupe-permis=CE&page=x&par-page=", None),
    ],
)
def test_a_query_that_is_wrong_says_where(lea: Vendor, path: str, champs: list[str] | None) -> None:
    answer = lea.get(V2 + path)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    told = [detail["champ"] for detail in answer.json()["details"]]
    assert sorted(told) == sorted(champs or ["page", "par-page"])


def test_parameters_that_nobody_knows_are_ignored(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")

    assert ids_of(lea, f"{READS[0]}&parPage=x&couleur=bleu") == ["e1"]


@pytest.mark.parametrize(
    ("path", "body", "champs"),
    [
        ("/examens/remplacement", {}, ["examenId", "candidatRemplacantId"]),
        ("/examens/remplacement", {**REMPLACEMENT, "examenId": None}, ["examenId"]),
        ("/examens/remplacement", {**REMPLACEMENT, "examenId": 1}, ["examenId"]),
        ("/examens/remplacement", {**REMPLACEMENT, "candidatId": "x"}, ["candidatId"]),
        ("/examens/remplacement", [], ["corps"]),
        ("/examens/permutation", {}, ["examenId1", "examenId2"]),
        ("/examens/permutation", {**PERMUTATION, "examenId2": None}, ["examenId2"]),
        ("/examens/permutation", {**PERMUTATION, "examenId": "e1"}, ["examenId"]),
        ("/examens/permutation", {"examen_id_1": "e1", "examenId2": "e2"}, None),
    ],
)
def test_a_body_that_is_wrong_says_where(
    lea: Vendor, path: str, body: object, champs: list[str] | None
) -> None:
    answer = lea.post(V2 + path, json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    told = [detail["champ"] for detail in answer.json()["details"]]
    assert sorted(told) == sorted(champs or ["examenId1", "examen_id_1"])


@pytest.mark.parametrize("path", ["/examens/remplacement", "/examens/permutation"])
def test_a_body_comes_as_json(lea: Vendor, path: str) -> None:
    as_form = {"content": b"examenId=e1", "headers": {"content-type": "text/plain"}}

    assert refusal_of(lea.post(V2 + path, **as_form)) == (400, "PARAMETRE_INVALIDE")
    assert refusal_of(lea.post(V2 + path)) == (400, "PARAMETRE_INVALIDE")


def test_an_examen_is_read_with_its_candidat(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines", dateHeureReservation="2026-03-10T08:04:12.9Z")

    assert lea.get(f"{V2}/examens/e1").json() == {
        "id": "e1",
        "estModifiable": True,
        "estAnnule": False,
        "statut": "PROGRAMME",
        "creneauId": "c-e1",
        "centre": {"id": lea.id_of("sables"), "nom": "SABLES"},
        "numeroInspecteur": "1357",
        "dateHeureDebut": "2026-04-14T08:00:00",
        "dateHeureFin": "2026-04-14T08:32:00",
        "groupePermis": "B",
        "typeEpreuvePratique": "CIRCULATION",
        "candidat": {
            "id": "ines",
            "nom": "Moreau",
            "prenom": "Inès",
            "numeroDossier": "012345678901",
        },
        "resultat": None,
        "dateHeureReservation": "2026-03-10T08:04:12Z",
    }


def test_an_examen_without_a_name_says_so(lea: Vendor) -> None:
    reserve(lea, "e1", groupePermis="A", typeEpreuvePratique="PLATEAU")

    examen = lea.get(f"{V2}/examens/e1").json()

    assert (examen["candidat"], examen["resultat"]) == (None, None)
    assert (examen["groupePermis"], examen["typeEpreuvePratique"]) == ("A", "PLATEAU")


def test_what_a_panier_reserves_is_an_examen(lea: Vendor) -> None:
    creneau = {"id": "c1", "centre": "sables", "dateHeureDebut": TUESDAY}
    panier = {"id": "p1", "employe": "lea", "elements": [{"creneau": "c1", "candidat": "ines"}]}
    lea.patch("/_mock/state", json={"creneaux": [creneau], "paniers": [panier]})

    (row,) = lea.post(f"{V2}/paniers/p1/valider").json()["data"]

    examen = lea.get(f"{V2}/examens/{row['examenId']}").json()
    assert (examen["creneauId"], examen["candidat"]["id"]) == ("c1", "ines")
    assert examen["dateHeureReservation"] == "2026-04-01T07:00:00Z"
    assert ids_of(lea, READS[0]) == [row["examenId"]]


def test_examens_are_listed_by_start_and_id_for_a_day_a_groupe_and_a_statut(lea: Vendor) -> None:
    reserve(lea, "e3", "2026-04-14T08:00:00", candidat="ines")
    reserve(lea, "e2", "2026-04-14T08:00:00", candidat="zoe")
    reserve(lea, "e1", "2026-04-14T16:00:00", candidat="tom")
    reserve(lea, "first", "2026-04-14T00:00:00", candidat="ana")
    reserve(lea, "last", "2026-04-14T23:59:59")
    reserve(lea, "before", "2026-04-13T23:59:59")
    reserve(lea, "after", "2026-04-15T00:00:00")
    reserve(lea, "moto", "2026-04-14T08:00:00", groupePermis="A")
    reserve(lea, "annule", "2026-04-14T08:00:00", statut="ANNULE")
    reserve(lea, "theirs", "2026-04-14T08:00:00", autoEcole="autre")

    listed = f"?date={TUESDAY[:10]}&groupe-permis="

    assert ids_of(lea, f"/examens{listed}B&statut=PROGRAMME") == ["first", "e2", "e3", "e1", "last"]
    assert ids_of(lea, f"/examens{listed}B&statut=ANNULE") == ["annule"]
    assert ids_of(lea, f"/examens{listed}B&statut=TERMINE") == []
    assert ids_of(lea, f"/examens{listed}A&statut=PROGRAMME") == ["moto"]
    assert ids_of(lea.as_("max"), f"/examens{listed}B&statut=PROGRAMME") == ["theirs"]


def test_days_of_examens_ascend_and_stand_there_once(lea: Vendor) -> None:
    reserve(lea, "e1", "2026-05-20T08:00:00", candidat="ines")
    reserve(lea, "e2", "2026-05-06T08:00:00", candidat="zoe")
    reserve(lea, "e3", "2026-05-06T09:00:00")
    reserve(lea, "e4", "2026-05-05T23:59:59", candidat="tom")
    reserve(lea, "e5", "2026-05-07T08:00:00", statut="ANNULE")
    reserve(lea, "e6", "2026-05-08T08:00:00", groupePermis="CE")
    reserve(lea, "e7", "2026-05-09T08:00:00", autoEcole="autre")
    asked = f"{V2}/examens/dates?date-debut=2026-05-06"

    days = lea.get(f"{asked}&statut=PROGRAMME&groupe-permis=B").json()

    assert days == ["2026-05-06", "2026-05-20"]
    assert lea.get(f"{asked}&statut=ANNULE&groupe-permis=B").json() == ["2026-05-07"]
    assert lea.get(f"{asked}&statut=PROGRAMME&groupe-permis=CE").json() == ["2026-05-08"]
    assert lea.get(f"{asked}&statut=PROGRAMME&groupe-permis=A").json() == []


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ("", ["2026-05-06", "2026-05-20"]),
        ("&creneauSansCandidat=false", ["2026-05-06", "2026-05-20"]),
        ("&creneauSansCandidat=0", ["2026-05-06", "2026-05-20"]),
        ("&creneauSansCandidat=true", ["2026-05-06"]),
        ("&creneauSansCandidat=1", ["2026-05-06"]),
    ],
)
def test_days_with_a_place_to_name_somebody_for_can_be_asked_for(
    lea: Vendor, asked: str, days: list[str]
) -> None:
    reserve(lea, "e1", "2026-05-20T08:00:00", candidat="ines", groupePermis="A")
    reserve(lea, "e2", "2026-05-06T08:00:00", candidat="zoe", groupePermis="A")
    reserve(lea, "e3", "2026-05-06T09:00:00", groupePermis="A")

    path = f"{V2}/examens/dates?statut=PROGRAMME&groupe-permis=A&date-debut=2026-04-01{asked}"

    assert lea.get(path).json() == days


def test_examens_of_the_heavy_groupe_come_page_by_page(lea: Vendor) -> None:
    for number in (3, 1, 2):
        debut = f"2026-05-0{number}T08:00:00"
        reserve(lea, f"e{number}", debut, groupePermis="CE", candidat="ines")
    reserve(lea, "e0", "2026-05-02T08:00:00", groupePermis="CE")
    reserve(lea, "light", "2026-05-01T08:00:00", candidat="ines")
    reserve(lea, "theirs", "2026-05-01T08:00:00", groupePermis="CE", autoEcole="autre")
    path = f"{V2}/examens-pagines?groupe-permis=CE&statut=PROGRAMME"

    pages = [lea.get(f"{path}&page={page}&par-page=3").json() for page in (1, 2, 3)]

    assert [[one["id"] for one in page["data"]] for page in pages] == [
        ["e1", "e0", "e2"],
        ["e3"],
        [],
    ]
    assert [page["pagination"] for page in pages] == [
        {"pageCourante": page, "parPage": 3, "nombreDePages": 2, "nombreTotal": 4}
        for page in (1, 2, 3)
    ]
    assert pages[0]["data"][0] == lea.get(f"{V2}/examens/e1").json()
    whole = lea.get(f"{path}&date-debut=2026-05-02").json()
    assert [one["id"] for one in whole["data"]] == ["e0", "e2", "e3"]
    assert whole["pagination"] == {
        "pageCourante": 1,
        "parPage": 25,
        "nombreDePages": 1,
        "nombreTotal": 3,
    }


def test_where_no_examen_is_there_is_no_page(lea: Vendor) -> None:
    answer = lea.get(f"{V2}/examens-pagines?groupe-permis=CE&statut=TERMINE")

    assert answer.json() == {
        "data": [],
        "pagination": {"pageCourante": 1, "parPage": 25, "nombreDePages": 0, "nombreTotal": 0},
    }


def call_with(examen_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every call that names an examen."""
    return [
        ("GET", f"/examens/{examen_id}", {}),
        ("DELETE", f"/examens/{examen_id}", {}),
        ("GET", f"/examens/permutables?examen-permute-id={examen_id}&date=2026-04-14", {}),
        ("POST", "/examens/remplacement", {"json": {**REMPLACEMENT, "examenId": examen_id}}),
        ("POST", "/examens/permutation", {"json": {**PERMUTATION, "examenId1": examen_id}}),
        ("POST", "/examens/permutation", {"json": {**PERMUTATION, "examenId2": examen_id}}),
    ]


@pytest.mark.parametrize("number", range(6))
def test_what_is_no_examen_is_unknown_whatever_else_it_is(lea: Vendor, number: int) -> None:
    reserve(lea, "e1", candidat="ines", ref="le-premier")
    reserve(lea, "e2", candidat="zoe")
    panier = lea.post(f"{V2}/paniers").json()["id"]
    others = ["inconnu", "E1", "le-premier", "c-e1", "ines", panier, lea.id_of("sables")]

    for id_ in others:
        method, path, options = call_with(id_)[number]
        assert refusal_of(lea.call(method, V2 + path, **options)) == (404, "EXAMEN_INCONNU")


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("statut", ["PROGRAMME", "ANNULE"])
def test_the_examen_of_another_ecole_is_forbidden_whatever_its_state(
    lea: Vendor, number: int, statut: str
) -> None:
    reserve(lea, "theirs", autoEcole="autre", statut=statut)
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", candidat="zoe")
    method, path, options = call_with("theirs")[number]

    answer = lea.call(method, V2 + path, **options)

    assert refusal_of(answer) == (403, "ACTION_INTERDITE")
    assert set(answer.json()) == {"code", "erreur", "message"}


def test_of_two_examens_the_first_is_looked_at_first(lea: Vendor) -> None:
    reserve(lea, "theirs", autoEcole="autre")

    assert permuter(lea, "inconnu", "theirs") == (404, "EXAMEN_INCONNU")
    assert permuter(lea, "theirs", "inconnu") == (403, "ACTION_INTERDITE")


def test_an_examen_may_be_changed_until_midnight_of_the_second_day_before(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", candidat="zoe")

    advance(lea, LAST_SECOND)
    assert lea.get(f"{V2}/examens/e1").json()["estModifiable"] is True
    assert permuter(lea, "e1", "e2") == (204, "")
    assert remplacer(lea, "e1", "tom") == (204, "")
    assert lea.get(V2 + READS[2]).status_code == 200

    advance(lea, TOO_LATE)
    assert lea.get(f"{V2}/examens/e1").json()["estModifiable"] is False
    assert permuter(lea, "e1", "e2") == (422, "EXAMEN_NON_MODIFIABLE")
    assert remplacer(lea, "e1", "ana") == (422, "EXAMEN_NON_MODIFIABLE")
    assert refusal_of(lea.get(V2 + READS[2])) == (422, "EXAMEN_NON_MODIFIABLE")
    assert refusal_of(lea.delete(f"{V2}/examens/e1")) == (422, "EXAMEN_NON_MODIFIABLE")


def test_a_scenario_may_close_an_examen_earlier(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    lea.patch("/_mock/state", json={"limits": {"examen.delaiModificationJours": 13}})

    assert refusal_of(lea.delete(f"{V2}/examens/e1")) == (422, "EXAMEN_NON_MODIFIABLE")


def test_an_examen_is_over_at_the_second_of_its_end(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    over = READS[0].replace("PROGRAMME", "TERMINE")

    advance(lea, "2026-04-14T08:31:59+02:00")
    assert (ids_of(lea, READS[0]), ids_of(lea, over)) == (["e1"], [])

    advance(lea, "2026-04-14T08:32:00+02:00")
    assert (ids_of(lea, READS[0]), ids_of(lea, over)) == ([], ["e1"])
    examen = lea.get(f"{V2}/examens/e1").json()
    assert (examen["statut"], examen["estModifiable"], examen["resultat"]) == (
        "TERMINE",
        False,
        None,
    )


def test_cancelling_frees_the_creneau_at_once(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    (before,) = planning_of(lea)
    assert before["creneauDuPlanning"]["statutDeReservation"] == "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"

    answer = lea.delete(f"{V2}/examens/e1")

    assert (answer.status_code, answer.content) == (204, b"")
    for vendor in (lea, lea.as_("max")):
        (row,) = planning_of(vendor)
        assert set(row) == {"creneauDuPlanning"}
        assert row["creneauDuPlanning"]["statutDeReservation"] == "DISPONIBLE"
        assert row["creneauDuPlanning"]["dateHeurePublication"] == "2026-03-10T14:00:00Z"
    panier = lea.as_("max").post(f"{V2}/panier/creneaux", json={"creneauId": "c-e1"})
    assert panier.status_code == 201


def test_a_cancelled_examen_can_still_be_read_by_its_ecole(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")

    lea.delete(f"{V2}/examens/e1")

    examen = lea.get(f"{V2}/examens/e1").json()
    assert (examen["statut"], examen["estAnnule"]) == ("ANNULE", True)
    assert (examen["estModifiable"], examen["resultat"]) == (False, None)
    assert ids_of(lea, READS[0]) == []
    assert ids_of(lea, READS[0].replace("PROGRAMME", "ANNULE")) == ["e1"]


@pytest.mark.parametrize("now", ["2026-04-01T09:00:00+02:00", TOO_LATE])
def test_an_examen_is_cancelled_once_only(lea: Vendor, now: str) -> None:
    reserve(lea, "e1", candidat="ines")
    lea.delete(f"{V2}/examens/e1")

    advance(lea, now)

    assert refusal_of(lea.delete(f"{V2}/examens/e1")) == (409, "EXAMEN_DEJA_ANNULE")
    assert remplacer(lea, "e1", "tom") == (422, "EXAMEN_NON_MODIFIABLE")


def test_a_creneau_may_be_reserved_and_cancelled_again_and_again(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    lea.delete(f"{V2}/examens/e1")
    lea.patch("/_mock/state", json={"examens": [again("e2")]})

    assert lea.delete(f"{V2}/examens/e2").status_code == 204

    lea.patch("/_mock/state", json={"examens": [again("e3")]})
    assert ids_of(lea, READS[0]) == ["e3"]
    assert ids_of(lea, READS[0].replace("PROGRAMME", "ANNULE")) == ["e1", "e2"]


def again(id_: str) -> dict[str, str]:
    """Another examen on the créneau of e1."""
    return {"id": id_, "autoEcole": "plesses", "creneau": "c-e1", "candidat": "ines"}


def test_cancelling_four_days_before_costs_the_candidat_nothing(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    advance(lea, "2026-04-10T23:59:59+02:00")

    lea.delete(f"{V2}/examens/e1")

    assert row_of(lea, "Moreau")["penalites"] == []
    reserve(lea, "e2", "2026-06-02T08:00:00", candidat="zoe")
    assert remplacer(lea, "e2", "ines") == (204, "")


def test_cancelling_later_makes_the_candidat_wait(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", "2026-06-02T08:00:00", candidat="zoe")
    advance(lea, "2026-04-11T00:00:00+02:00")

    lea.delete(f"{V2}/examens/e1")

    (penalite,) = row_of(lea, "Moreau")["penalites"]
    assert penalite == {
        "id": penalite["id"],
        "motif": "ANNULATION_TARDIVE",
        "statut": "ACTIVE",
        "dateExamen": "2026-04-14",
        "dateDeFin": "2026-05-14",
        "dureeEnJour": 30,
        "dateDeLevee": None,
        "groupePermis": "B",
        "typeEpreuvePratique": "CIRCULATION",
    }
    assert remplacer(lea, "e2", "ines") == (422, "CANDIDAT_SOUS_PENALITE")
    advance(lea, "2026-05-13T23:59:59+02:00")
    assert remplacer(lea, "e2", "ines") == (422, "CANDIDAT_SOUS_PENALITE")
    advance(lea, "2026-05-14T00:00:00+02:00")
    assert row_of(lea, "Moreau")["penalites"] == [{**penalite, "statut": "TERMINEE"}]
    assert remplacer(lea, "e2", "ines") == (204, "")


def test_nobody_pays_for_a_place_without_a_name(lea: Vendor) -> None:
    lea.patch("/_mock/state", json={"limits": {"examen.delaiAffectationJours": 1}})
    reserve(lea, "e1", groupePermis="A")
    advance(lea, LAST_SECOND)

    assert lea.delete(f"{V2}/examens/e1").status_code == 204

    assert row_of(lea, "Moreau", "A")["penalites"] == []


def test_a_candidat_is_replaced_and_free_to_go_elsewhere(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", "2026-04-15T08:00:00", candidat="zoe")
    advance(lea, LAST_SECOND)

    assert remplacer(lea, "e1", "tom") == (204, "")

    assert candidat_of(lea, "e1") == "tom"
    assert row_of(lea, "Moreau")["penalites"] == []
    assert remplacer(lea, "e2", "ines") == (204, "")


@pytest.mark.parametrize(
    ("candidat", "expected"),
    [
        ("inconnu", (404, "CANDIDAT_INCONNU")),
        ("c-e1", (404, "CANDIDAT_INCONNU")),
        ("", (404, "CANDIDAT_INCONNU")),
        ("libre", (422, "CANDIDAT_PAS_SOUS_MANDAT")),
        ("perdu", (422, "CANDIDAT_SANS_DEMANDE_ACTIVE")),
        ("puni", (422, "CANDIDAT_SOUS_PENALITE")),
        ("zoe", (409, "CANDIDAT_DEJA_INSCRIT")),
        ("ines", (409, "CANDIDAT_DEJA_INSCRIT")),
        ("ana", (409, "CANDIDAT_DEJA_DANS_PANIER")),
        ("eve", (422, "CANDIDAT_EN_ATTENTE_DE_RESULTAT")),
        ("tom", (422, "CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN")),
    ],
)
def test_who_may_not_reserve_may_not_replace_either(
    lea: Vendor, candidat: str, expected: tuple[int, str]
) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", "2026-05-20T08:00:00", candidat="zoe")
    reserve(lea, "e3", "2026-03-31T08:00:00", candidat="eve")
    passed = {"statut": "EXAMEN_REUSSI", "points": 29}
    reserve(lea, "e4", "2026-03-17T08:00:00", candidat="tom", resultat=passed)
    creneau = {"id": "c9", "centre": "sables", "dateHeureDebut": "2026-05-21T08:00:00"}
    panier = {"employe": "lea", "elements": [{"creneau": "c9", "candidat": "ana"}]}
    lea.patch("/_mock/state", json={"creneaux": [creneau], "paniers": [panier]})

    assert remplacer(lea, "e1", candidat) == expected

    assert candidat_of(lea, "e1") == "ines"
    assert restants(lea) == 3


def test_an_unknown_candidat_is_told_by_his_id_alone(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    body = {**REMPLACEMENT, "candidatRemplacantId": "inconnu"}

    answer = lea.post(f"{V2}/examens/remplacement", json=body)

    assert answer.json()["message"] == "Le candidat est inconnu"


def test_the_allowance_is_three_a_month_of_the_examen(lea: Vendor) -> None:
    path = f"{V2}/examens/nombre-de-remplacement?groupe-permis=B&date=2026-04-30"
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", "2026-04-30T08:00:00", candidat="eve")
    reserve(lea, "e3", "2026-05-05T08:00:00", candidat="zoe")
    assert lea.get(path).json() == {"remplacementsParMois": 3, "remplacementsRestants": 3}

    for candidat in ("tom", "ines"):
        assert remplacer(lea, "e1", candidat) == (204, "")
    assert remplacer(lea, "e2", "tom") == (204, "")

    assert lea.get(path).json() == {"remplacementsParMois": 3, "remplacementsRestants": 0}
    refused = (422, "NOMBRE_DE_REMPLACEMENTS_AUTORISES_ATTEINT")
    assert remplacer(lea, "e1", "ana") == refused
    assert remplacer(lea, "e1", "inconnu") == refused
    assert [restants(lea, "B", day) for day in ("2026-04-01", "2026-03-31", "2026-05-01")] == [
        0,
        3,
        3,
    ]
    assert restants(lea, "A") == 3
    assert restants(lea.as_("max")) == 3
    assert remplacer(lea, "e3", "ana") == (204, "")
    assert restants(lea, "B", "2026-05-31") == 2


def test_a_replacement_counts_even_when_the_examen_is_cancelled_afterwards(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    remplacer(lea, "e1", "tom")

    lea.delete(f"{V2}/examens/e1")

    assert restants(lea) == 2


def test_a_scenario_may_allow_other_numbers_of_replacements(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines", nombreDeRemplacements=2)
    lea.patch("/_mock/state", json={"limits": {"examen.remplacementsParMois": 1}})

    answer = lea.get(f"{V2}/examens/nombre-de-remplacement?groupe-permis=B&date=2026-04-14")

    assert answer.json() == {"remplacementsParMois": 1, "remplacementsRestants": 0}


def test_the_first_name_on_a_place_is_free_of_charge(lea: Vendor) -> None:
    reserve(lea, "e1", "2026-04-20T08:00:00", groupePermis="A", nombreDeRemplacements=3)
    advance(lea, "2026-04-09T23:59:59+02:00")
    assert restants(lea, "A") == 0

    assert remplacer(lea, "e1", "ines") == (204, "")

    assert candidat_of(lea, "e1") == "ines"
    assert remplacer(lea, "e1", "tom") == (422, "NOMBRE_DE_REMPLACEMENTS_AUTORISES_ATTEINT")


def test_a_place_that_nobody_is_named_for_goes_ten_days_before(lea: Vendor) -> None:
    reserve(lea, "moto", "2026-04-20T08:00:00", groupePermis="A")
    reserve(lea, "bus", "2026-04-20T08:00:00", groupePermis="CE")
    advance(lea, "2026-04-09T23:59:59+02:00")
    assert lea.get(f"{V2}/examens/moto").json()["statut"] == "PROGRAMME"

    advance(lea, "2026-04-10T00:00:00+02:00")

    for id_ in ("moto", "bus"):
        examen = lea.get(f"{V2}/examens/{id_}").json()
        assert (examen["statut"], examen["estAnnule"]) == ("ANNULE", True)
        assert remplacer(lea, id_, "ines") == (422, "EXAMEN_NON_MODIFIABLE")
        assert refusal_of(lea.delete(f"{V2}/examens/{id_}")) == (409, "EXAMEN_DEJA_ANNULE")
    free = lea.get(
        f"{V2}/crenodispo?centres-ids={lea.id_of('sables')}&groupe-permis=A&date=2026-04-20"
    ).json()
    assert [(one["id"], one["statutDeReservation"]) for one in free] == [("c-moto", "DISPONIBLE")]


def test_a_place_with_a_name_stays(lea: Vendor) -> None:
    reserve(lea, "e1", "2026-04-20T08:00:00", groupePermis="A", candidat="ines")

    advance(lea, "2026-04-10T00:00:00+02:00")

    assert lea.get(f"{V2}/examens/e1").json()["statut"] == "PROGRAMME"


def test_two_candidats_change_places_and_it_costs_nothing(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines", nombreDeRemplacements=3)
    reserve(lea, "e2", "2026-05-20T08:00:00", candidat="zoe")
    before = [lea.get(f"{V2}/examens/{id_}").json() for id_ in ("e1", "e2")]

    assert permuter(lea, "e1", "e2") == (204, "")

    after = [lea.get(f"{V2}/examens/{id_}").json() for id_ in ("e1", "e2")]
    assert after == [
        {**before[0], "candidat": before[1]["candidat"]},
        {**before[1], "candidat": before[0]["candidat"]},
    ]
    assert [restants(lea, "B", day) for day in ("2026-04-14", "2026-05-20")] == [0, 3]
    assert row_of(lea, "Moreau")["penalites"] == []
    assert permuter(lea, "e2", "e1") == (204, "")
    assert [lea.get(f"{V2}/examens/{id_}").json() for id_ in ("e1", "e2")] == before


def test_a_candidat_who_may_not_reserve_may_still_change_places(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="puni")
    reserve(lea, "e2", candidat="zoe")

    assert permuter(lea, "e1", "e2") == (204, "")


def place_every_kind(lea: Vendor) -> dict[str, tuple[int, str]]:
    """Beside e1 all that it can be permuted with or not, and what comes of trying."""
    reserve(lea, "e1", candidat="ines", groupePermis="A")
    reserve(lea, "same", candidat="zoe", groupePermis="A")
    reserve(lea, "plateau", candidat="zoe", groupePermis="A", typeEpreuvePratique="PLATEAU")
    reserve(lea, "auto", candidat="zoe")
    reserve(lea, "vide", groupePermis="A")
    reserve(lea, "annule", candidat="tom", groupePermis="A", statut="ANNULE")
    reserve(lea, "theirs", candidat="tom", groupePermis="A", autoEcole="autre")
    return {
        "e1": (422, "PERMUTATION_IMPOSSIBLE"),
        "plateau": (422, "PERMUTATION_IMPOSSIBLE"),
        "auto": (422, "PERMUTATION_IMPOSSIBLE"),
        "vide": (422, "EXAMEN_NON_NOMINATIF"),
        "annule": (422, "EXAMEN_NON_MODIFIABLE"),
        "theirs": (403, "ACTION_INTERDITE"),
        "same": (204, ""),
    }


def test_only_examens_of_one_kind_with_candidats_are_permuted(lea: Vendor) -> None:
    expected = place_every_kind(lea)

    assert {id_: permuter(lea, "e1", id_) for id_ in expected} == expected


def test_permutable_is_what_a_permutation_would_take(lea: Vendor) -> None:
    expected = place_every_kind(lea)
    reserve(lea, "earlier", "2026-04-14T07:00:00", candidat="tom", groupePermis="A")
    reserve(lea, "other-day", "2026-04-15T08:00:00", candidat="tom", groupePermis="A")
    listed = ids_of(lea, READS[2])

    assert listed == ["earlier", "same"]
    assert [id_ for id_ in expected if permuter(lea, "e1", id_)[0] == 204] == ["same"]
    assert ids_of(lea, READS[2].replace("2026-04-14", "2026-04-15")) == ["other-day"]


def test_what_is_too_late_to_change_is_not_permutable(lea: Vendor) -> None:
    reserve(lea, "e1", "2026-04-15T08:00:00", candidat="ines")
    reserve(lea, "e2", "2026-04-14T08:00:00", candidat="zoe")
    advance(lea, TOO_LATE)

    assert ids_of(lea, READS[2]) == []
    assert permuter(lea, "e1", "e2") == (422, "EXAMEN_NON_MODIFIABLE")


def test_a_permutation_of_many_faults_tells_them_in_order(lea: Vendor) -> None:
    reserve(lea, "vide", "2026-05-20T08:00:00", groupePermis="A")
    reserve(lea, "annule", candidat="ines", statut="ANNULE")

    assert permuter(lea, "vide", "annule") == (422, "EXAMEN_NON_MODIFIABLE")
    assert permuter(lea, "annule", "annule") == (422, "EXAMEN_NON_MODIFIABLE")
    assert permuter(lea, "vide", "vide") == (422, "EXAMEN_NON_NOMINATIF")


def test_permutables_of_an_examen_without_a_name_are_refused(lea: Vendor) -> None:
    reserve(lea, "vide", groupePermis="A")
    reserve(lea, "annule", groupePermis="A", statut="ANNULE")
    path = f"{V2}/examens/permutables?date=2026-04-14&examen-permute-id="

    assert refusal_of(lea.get(f"{path}vide")) == (422, "EXAMEN_NON_NOMINATIF")
    assert refusal_of(lea.get(f"{path}annule")) == (422, "EXAMEN_NON_MODIFIABLE")


@pytest.mark.parametrize(
    ("now", "jour_j"),
    [
        ("2026-04-13T23:59:59+02:00", False),
        ("2026-04-14T00:00:00+02:00", True),
        ("2026-04-14T08:31:59+02:00", True),
        ("2026-04-14T08:32:00+02:00", False),
    ],
)
def test_the_day_of_an_examen_shows_until_it_is_over(
    lea: Vendor, now: str, *, jour_j: bool
) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", candidat="zoe", statut="ANNULE")

    advance(lea, now)

    assert [one["examenJourJ"] for one in row_of(lea, "Moreau")["detailsResultats"]] == [jour_j]
    assert [one["examenJourJ"] for one in row_of(lea, "Moreau", "A")["detailsResultats"]] == [False]
    assert [one["examenJourJ"] for one in row_of(lea, "Petit")["detailsResultats"]] == [False]
