from collections.abc import Iterator

import pytest
from httpx2 import Response

from tests.api.exam_world import selects
from tests.support import SMALL, Vendor, refusal_of, running

V2 = "/api/v2/auto-ecole"
V1 = "/api/v1/auto-ecole"
UNKNOWN = "99999999-9999-4999-8999-999999999999"

WORLD = (
    (
        SMALL.replace(
            "    etp: [",
            "    email: contact@plesses.test\n    adresse: 4 rue des Halles\n"
            "    codePostal: '85100'\n    ville: LES SABLES\n    centresFavoris:\n"
            "      - {groupePermis: B, centre: sables-b, priorite: 1}\n"
            "      - {groupePermis: A, centre: sables-a, priorite: 0}\n    etp: [",
        )
        + """\
centres:
  - {ref: sables-b, nom: SABLES B, codeDepartement: "085", groupesPermis: [B, CE]}
  - {ref: sables-a, nom: SABLES A, codeDepartement: "085", groupesPermis: [A]}
  - {ref: aizenay-b, nom: AIZENAY B, codeDepartement: "085", estFerme: true}
  - {ref: gonesse-b, nom: GONESSE B, codeDepartement: "095", adresse: 12 rue Marat,
     codePostal: "95500", ville: GONESSE}
mandats:
  - {autoEcole: autre, candidat: zoe, groupePermis: A}
  - {ref: m1, autoEcole: plesses, candidat: zoe, groupePermis: B}
"""
    )
    .replace(
        "candidats:\n",
        """\
candidats:
  - ref: alix
    nom: Bénard
    prenom: Alix
    dateDeNaissance: 2005-04-02
    numeroDossier: "0110751002345678"
    email: alix@exemple.test
    demandes: [{categoriePermis: B}, {categoriePermis: A2}, {categoriePermis: A1}]
    penalites:
      - {groupePermis: B, dateExamen: 2026-01-06, dureeEnJour: 40, motif: ABSENCE_EPREUVE_PRATIQUE}
      - {groupePermis: B, typeEpreuvePratique: CIRCULATION, dateExamen: 2026-03-03, dureeEnJour: 20}
      - {groupePermis: A, dateExamen: 2026-03-09, dureeEnJour: 2, dateDeLevee: 2026-03-10}
    resultats:
      - {categoriePermis: B, derniereDateExamenTheorique: 2025-11-04,
         derniereDateExamenCirculation: 2026-03-03, statutExamenCirculation: EXAMEN_ECHOUE,
         nombreEchecsCirculation: 5}
""",
        1,
    )
    .replace(
        "mandats:\n",
        "mandats:\n  - {ref: m2, autoEcole: plesses, candidat: alix, groupePermis: B}\n"
        "  - {ref: m3, autoEcole: plesses, candidat: alix, groupePermis: A}\n",
    )
)


@pytest.fixture
def lea() -> Iterator[Vendor]:
    with running(WORLD) as application:
        yield Vendor(application).as_("lea")


def test_an_ecole_reads_itself_with_its_formateurs(lea: Vendor) -> None:
    answer = lea.get(f"{V2}/moi")

    assert answer.json() == {
        "id": lea.id_of("plesses"),
        "nom": "Auto-École des Plesses",
        "email": "contact@plesses.test",
        "adresse": "4 rue des Halles",
        "codePostal": "85100",
        "ville": "LES SABLES",
        "codeDepartement": "085",
        "enLigne": False,
        "estFermee": False,
        "aurigeId": "0850000010",
        "formateurs": [
            {
                "id": lea.id_of("hugo"),
                "nom": "Petit",
                "prenom": "Hugo",
                "numeroAutorisation": "A0850001230",
                "bureauPrincipalId": lea.id_of("sables"),
                "etp": [
                    {"groupePermis": "A", "mois": "2026-03", "valeur": 0.0},
                    {"groupePermis": "B", "mois": "2026-03", "valeur": 0.0},
                ],
            }
        ],
    }


def test_employes_are_those_of_the_ecole(lea: Vendor) -> None:
    lea_herself = {
        "id": lea.id_of("lea"),
        "nom": "Durant",
        "prenom": "Léane",
        "email": "lea@plesses.test",
        "role": "GERANT",
    }

    assert lea.get(f"{V2}/employes").json() == [lea_herself]
    assert lea.get(f"{V2}/employes/moi").json() == {
        **lea_herself,
        "autoEcole": {
            "id": lea.id_of("plesses"),
            "nom": "Auto-École des Plesses",
            "ville": "LES SABLES",
            "codePostal": "85100",
            "aurigeId": "0850000010",
        },
    }


@pytest.mark.parametrize(
    ("filtre", "names"),
    [
        ({"codeDepartement": "085", "groupePermis": "B"}, ["AIZENAY B", "SABLES B"]),
        ({"codeDepartement": "085", "groupePermis": "B", "estFerme": False}, ["SABLES B"]),
        ({"codeDepartement": "085", "groupePermis": "B", "estFerme": True}, ["AIZENAY B"]),
        ({"codeDepartement": "085", "groupePermis": "CE", "estFerme": None}, ["SABLES B"]),
        ({"codeDepartement": "085", "groupePermis": "A"}, ["SABLES A"]),
        ({"codeDepartement": "02A", "groupePermis": "B"}, []),
    ],
)
def test_centres_are_found_by_departement_and_groupe(
    lea: Vendor, filtre: dict[str, object], names: list[str]
) -> None:
    found = lea.post(f"{V2}/centres/recherche", json={"filtre": filtre})

    assert [centre["nom"] for centre in found.json()] == names


@pytest.mark.parametrize(
    ("body", "champ"),
    [
        ({}, "filtre"),
        ({"filtre": {"groupePermis": "B"}}, "filtre.codeDepartement"),
        ({"filtre": {"codeDepartement": "91", "groupePermis": "B"}}, "filtre.codeDepartement"),
        ({"filtre": {"codeDepartement": "02C", "groupePermis": "B"}}, "filtre.codeDepartement"),
        ({"filtre": {"codeDepartement": "085", "groupePermis": "BA"}}, "filtre.groupePermis"),
        (
            {"filtre": {"codeDepartement": "085", "groupePermis": "B", "estFerme": "non"}},
            "filtre.estFerme",
        ),
    ],
)
def test_a_search_for_centres_that_is_wrong_says_where(
    lea: Vendor, body: dict[str, object], champ: str
) -> None:
    answer = lea.post(f"{V2}/centres/recherche", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


def test_a_centre_is_read_by_its_id(lea: Vendor) -> None:
    assert lea.get(f"{V2}/centres/{lea.id_of('gonesse-b')}").json() == {
        "id": lea.id_of("gonesse-b"),
        "nom": "GONESSE B",
        "codeDepartement": "095",
        "adresse": "12 rue Marat",
        "codePostal": "95500",
        "ville": "GONESSE",
        "estFerme": False,
    }


@pytest.mark.parametrize("id_", [UNKNOWN, "pas-un-uuid"])
def test_an_unknown_centre_is_not_found(lea: Vendor, id_: str) -> None:
    assert refusal_of(lea.get(f"{V2}/centres/{id_}")) == (404, "CENTRE_INCONNU")


def test_recherche_is_never_taken_for_the_id_of_a_centre(lea: Vendor) -> None:
    assert refusal_of(lea.get(f"{V2}/centres/recherche")) == (405, "METHODE_NON_AUTORISEE")


def favoris_of(vendor: Vendor) -> list[tuple[str, str, int]]:
    return [
        (one["groupePermis"], one["centreId"], one["priorite"])
        for one in vendor.get(f"{V2}/centres-favoris").json()
    ]


def test_favourites_are_listed_by_groupe_and_priorite(lea: Vendor) -> None:
    assert favoris_of(lea) == [("A", lea.id_of("sables-a"), 0), ("B", lea.id_of("sables-b"), 1)]


def test_a_list_of_favourites_replaces_that_of_its_groupe(lea: Vendor) -> None:
    asked = [
        {"centreId": lea.id_of("sables-b"), "priorite": 2},
        {"centreId": lea.id_of("gonesse-b"), "priorite": 0},
    ]

    answer = lea.post(
        f"{V2}/centres-favoris", json={"groupePermis": "B", "centresFavorisInput": asked}
    )

    assert answer.status_code == 200
    assert answer.json() == {"groupePermis": "B", "centresFavorisInput": asked[::-1]}
    assert favoris_of(lea) == [
        ("A", lea.id_of("sables-a"), 0),
        ("B", lea.id_of("gonesse-b"), 0),
        ("B", lea.id_of("sables-b"), 2),
    ]


def test_an_empty_list_empties_and_none_changes_nothing(lea: Vendor) -> None:
    before = favoris_of(lea)

    of_a = lea.post(f"{V2}/centres-favoris", json={"groupePermis": "A"})
    of_all = lea.post(f"{V2}/centres-favoris", json={})

    assert of_a.json()["centresFavorisInput"] == [
        {"centreId": lea.id_of("sables-a"), "priorite": 0}
    ]
    assert of_all.json()["groupePermis"] is None
    assert len(of_all.json()["centresFavorisInput"]) == 2
    assert favoris_of(lea) == before
    lea.post(f"{V2}/centres-favoris", json={"groupePermis": "A", "centresFavorisInput": []})
    assert favoris_of(lea) == before[1:]


@pytest.mark.parametrize(
    ("body", "champ"),
    [
        ({"centresFavorisInput": []}, "groupePermis"),
        ({"groupePermis": "B", "centresFavorisInput": [{"priorite": 0}]}, "[0].centreId"),
        ("x y", "[0].centreId"),
        ([3], "[0].priorite"),
        ([-1], "[0].priorite"),
        ([0, 0], ""),
        ([0, 1, 2, 0], ""),
    ],
)
def test_favourites_that_are_wrong_say_where(lea: Vendor, body: object, champ: str) -> None:
    b = lea.id_of("sables-b")
    if isinstance(body, str):
        body = {"groupePermis": "B", "centresFavorisInput": [{"centreId": body, "priorite": 0}]}
    if isinstance(body, list):
        items = [{"centreId": b, "priorite": priorite} for priorite in body]
        body = {"groupePermis": "B", "centresFavorisInput": items}
    before = favoris_of(lea)

    answer = lea.post(f"{V2}/centres-favoris", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"][0]["champ"].endswith(champ)
    assert favoris_of(lea) == before


def test_a_list_without_groupe_is_refused_before_the_ecole_is_looked_at(lea: Vendor) -> None:
    closed = {"autoEcoles": [{"ref": "plesses", "estFermee": True}]}
    assert lea.patch("/_mock/state", json=closed).status_code == 200

    bad = lea.post(f"{V2}/centres-favoris", json={"centresFavorisInput": []})
    good = lea.post(f"{V2}/centres-favoris", json={"groupePermis": "B", "centresFavorisInput": []})

    assert refusal_of(bad) == (400, "PARAMETRE_INVALIDE")
    assert refusal_of(good) == (403, "ACTION_INTERDITE")


def test_there_are_as_many_favourites_as_priorites(lea: Vendor) -> None:
    assert lea.patch("/_mock/state", json={"limits": {"favoris.prioriteMax": 3}}).is_success
    asked = [
        {"centreId": lea.id_of(ref), "priorite": rang}
        for rang, ref in enumerate(("sables-b", "gonesse-b", "sables-a"))
    ]
    fourth = {"centreId": UNKNOWN, "priorite": 3}

    def save(items: list[dict[str, object]]) -> Response:
        body = {"groupePermis": "B", "centresFavorisInput": items}
        return lea.post(f"{V2}/centres-favoris", json=body)

    assert save(asked).status_code == 200
    assert refusal_of(save([*asked, fourth])) == (400, "CENTRE_INCONNU")
    assert refusal_of(save([*asked, fourth, fourth])) == (400, "PARAMETRE_INVALIDE")


def test_an_unknown_favourite_changes_nothing(lea: Vendor) -> None:
    before = favoris_of(lea)
    asked = [
        {"centreId": lea.id_of("gonesse-b"), "priorite": 0},
        {"centreId": UNKNOWN, "priorite": 1},
    ]

    answer = lea.post(
        f"{V2}/centres-favoris", json={"groupePermis": "B", "centresFavorisInput": asked}
    )

    assert refusal_of(answer) == (400, "CENTRE_INCONNU")
    assert favoris_of(lea) == before


def prise(**changes: object) -> dict[str, object]:
    body = {
        "nom": "moreau",
        "numeroDossier": "012345678901",
        "groupePermis": "B",
        "email": "ines@exemple.test",
    }
    return {**body, **changes}


@pytest.mark.parametrize("prefix", [V2, V1])
def test_a_mandat_is_taken_and_opens_an_account(lea: Vendor, prefix: str) -> None:
    answer = lea.post(f"{prefix}/mandats", json=prise())

    assert answer.status_code == 201
    assert "location" not in answer.headers
    assert answer.json() == {
        "id": answer.json()["id"],
        "candidatId": lea.id_of("ines"),
        "autoEcole": {"id": lea.id_of("plesses")},
        "groupePermis": "B",
    }
    ines = lea.world.store.candidats.get(lea.id_of("ines"))
    assert ines.email == "ines@exemple.test"
    again = lea.post(f"{prefix}/mandats", json=prise())
    assert refusal_of(again) == (422, "CANDIDAT_DEJA_SOUS_MON_MANDAT")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"numeroDossier": "12345678901"}, (400, "CANDIDAT_INCONNU")),
        ({"groupePermis": "A"}, (422, "CANDIDAT_SANS_DEMANDE_ACTIVE")),
        ({"groupePermis": "CE"}, (422, "CANDIDAT_SANS_DEMANDE_ACTIVE")),
        ({"email": None}, (422, "EMAIL_MANQUANT")),
        ({"email": "pas une adresse"}, (400, "PARAMETRE_INVALIDE")),
        (
            {"nom": "L'Hénaff-Œuvray", "numeroDossier": "000123456789", "groupePermis": "A"},
            (422, "CANDIDAT_DEJA_SOUS_MANDAT"),
        ),
    ],
)
def test_a_mandat_is_refused_for_the_first_reason(
    lea: Vendor, changes: dict[str, object], refusal: tuple[int, str]
) -> None:
    before = lea.world.store.mandats.count()

    assert refusal_of(lea.post(f"{V2}/mandats", json=prise(**changes))) == refusal
    assert lea.world.store.mandats.count() == before


def test_the_address_of_another_candidat_is_refused(lea: Vendor) -> None:
    lea.post(f"{V2}/mandats", json=prise())
    lea.patch("/_mock/state", json={"supprimer": ["m1"]})

    zoe = prise(nom="L'Hénaff-Œuvray", numeroDossier="000123456789")

    assert refusal_of(lea.post(f"{V2}/mandats", json=zoe)) == (409, "EMAIL_DEJA_ATTRIBUE")


@pytest.mark.parametrize("path", ["/mandats", "/centres-favoris"])
def test_a_closed_ecole_reads_but_does_not_write(lea: Vendor, path: str) -> None:
    paul = Vendor(lea.application).as_("paul")

    assert refusal_of(paul.post(V2 + path, json=prise() if path == "/mandats" else {})) == (
        403,
        "ACTION_INTERDITE",
    )
    assert refusal_of(paul.post(V2 + path, json={"x": 1})) == (400, "PARAMETRE_INVALIDE")
    assert paul.get(f"{V2}/centres-favoris").status_code == 200
    search = {"filtre": {"codeDepartement": "085", "groupePermis": "B"}}
    assert paul.post(f"{V2}/centres/recherche", json=search).status_code == 200


def test_v1_knows_only_what_it_had(lea: Vendor) -> None:
    assert lea.get(f"{V1}/moi").json() == lea.get(f"{V2}/moi").json()
    for path in ("/employes", "/centres-favoris", "/employes/moi"):
        assert refusal_of(lea.get(V1 + path)) == (404, "RESSOURCE_INCONNUE")


def test_v1_is_deprecated_in_the_document(lea: Vendor) -> None:
    paths = lea.get("/openapi.json").json()["paths"]

    assert paths[f"{V1}/moi"]["get"]["deprecated"] is True
    assert paths[f"{V1}/moi"]["get"]["operationId"] == "lireMonAutoEcoleV1"
    assert "deprecated" not in paths[f"{V2}/moi"]["get"]


def test_the_exam_api_wants_its_own_scope(lea: Vendor) -> None:
    other = Vendor(lea.application).as_("lea", "livret_numerique:read")

    assert refusal_of(other.get(f"{V2}/moi")) == (403, "SCOPE_INSUFFISANT")


def found_by(vendor: Vendor, **body: object) -> list[tuple[str, str]]:
    answer = vendor.post(f"{V2}/candidats-mandats/recherche", json=body)
    assert answer.status_code == 200, answer.text
    return [
        (row["candidat"]["nom"], row["mandat"]["groupePermis"]) for row in answer.json()["data"]
    ]


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ({}, [("Bénard", "A"), ("Bénard", "B"), ("L'Hénaff-Œuvray", "B")]),
        ({"filtre": {"groupePermis": "B"}}, [("Bénard", "B"), ("L'Hénaff-Œuvray", "B")]),
        ({"filtre": {"groupePermis": "CE"}}, []),
        ({"filtre": {"groupePermis": "B", "nom": {"query": "benard"}}}, [("Bénard", "B")]),
        (
            {"filtre": {"groupePermis": "A", "numeroDossier": {"query": "01107510"}}},
            [("Bénard", "A")],
        ),
        ({"page": 2, "parPage": 2}, [("L'Hénaff-Œuvray", "B")]),
    ],
)
def test_candidats_are_found_mandat_by_mandat(
    lea: Vendor, body: dict[str, object], rows: list[tuple[str, str]]
) -> None:
    assert found_by(lea, **body) == rows


def test_a_page_of_candidats_takes_as_many_queries_as_one_of_them(lea: Vendor) -> None:
    found_by(lea)  # who calls is looked up once
    with selects(lea) as of_one:
        assert len(found_by(lea, filtre={"groupePermis": "B"}, parPage=1)) == 1
    with selects(lea) as of_two:
        assert len(found_by(lea, filtre={"groupePermis": "B"})) == 2

    assert len(of_two) == len(of_one)


def test_those_of_another_ecole_are_not_found(lea: Vendor) -> None:
    assert found_by(Vendor(lea.application).as_("max")) == [("L'Hénaff-Œuvray", "A")]


def test_a_filter_of_candidats_needs_its_groupe(lea: Vendor) -> None:
    answer = lea.post(f"{V2}/candidats-mandats/recherche", json={"filtre": {}})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"][0]["champ"] == "filtre.groupePermis"


def test_a_candidat_comes_with_what_concerns_the_groupe(lea: Vendor) -> None:
    body = {"filtre": {"groupePermis": "B", "nom": {"query": "Bénard", "match": "EXACT"}}}

    (row,) = lea.post(f"{V2}/candidats-mandats/recherche", json=body).json()["data"]

    assert row["candidat"] == {
        "id": lea.id_of("alix"),
        "nom": "Bénard",
        "prenom": "Alix",
        "numeroDossier": "0110751002345678",
        "email": "alix@exemple.test",
        "dateDeNaissance": "2005-04-02",
    }
    assert row["mandat"] == {
        "id": lea.id_of("m2"),
        "candidatId": lea.id_of("alix"),
        "groupePermis": "B",
    }
    newest, oldest = row["penalites"]
    assert newest == {
        "id": newest["id"],
        "motif": "ECHEC_EPREUVE_PRATIQUE",
        "statut": "ACTIVE",
        "dateExamen": "2026-03-03",
        "dateDeFin": "2026-03-23",
        "dureeEnJour": 20,
        "dateDeLevee": None,
        "groupePermis": "B",
        "typeEpreuvePratique": "CIRCULATION",
    }
    assert (oldest["statut"], oldest["dateDeFin"]) == ("TERMINEE", "2026-02-15")
    assert row["detailsResultats"] == [
        {
            "categoriePermis": "B",
            "derniereDateExamenTheorique": "2025-11-04",
            "derniereDateExamenCirculation": "2026-03-03",
            "statutExamenCirculation": "EXAMEN_ECHOUE",
            "derniereDateExamenPlateau": None,
            "statutExamenPlateau": None,
            "nombreEchecsTotal": 5,
            "nombreEchecsCirculation": 5,
            "nombreEchecsPlateau": 0,
            "seuilCritiqueNombreEchecsAtteint": True,
            "examenJourJ": False,
        }
    ]


def test_a_groupe_of_two_categories_has_two_entries(lea: Vendor) -> None:
    body = {"filtre": {"groupePermis": "A"}}

    (row,) = lea.post(f"{V2}/candidats-mandats/recherche", json=body).json()["data"]

    assert [one["categoriePermis"] for one in row["detailsResultats"]] == ["A2", "A1"]
    assert [one["statut"] for one in row["penalites"]] == ["LEVEE"]


def test_a_penalite_ends_with_its_time(lea: Vendor) -> None:
    lea.post("/_mock/clock/advance", json={"to": "2026-03-22T23:00:00Z"})
    lea = Vendor(lea.application).as_("lea")
    body = {"filtre": {"groupePermis": "B", "nom": {"query": "Bénard"}}}

    (row,) = lea.post(f"{V2}/candidats-mandats/recherche", json=body).json()["data"]

    assert [one["statut"] for one in row["penalites"]] == ["TERMINEE", "TERMINEE"]


DECLARATION = {"codeDepartement": "085", "groupePermis": "B", "nombreDeFormateurs": 3}


@pytest.mark.parametrize("prefix", [V2, V1])
def test_a_gerant_declares_his_formateurs_and_may_correct_himself(lea: Vendor, prefix: str) -> None:
    first = lea.post(f"{prefix}/nombre-de-formateurs", json=DECLARATION)
    second = lea.post(
        f"{prefix}/nombre-de-formateurs", json=DECLARATION | {"nombreDeFormateurs": 4}
    )

    assert first.status_code == 201
    assert first.json() == DECLARATION | {"dateHeureDeclaration": "2026-03-10T08:00:00Z"}
    assert second.json()["nombreDeFormateurs"] == 4
    (kept,) = lea.world.store.declarations.all()
    assert kept.nombre_de_formateurs == 4


def test_an_employe_may_do_everything_but_declare_formateurs(lea: Vendor) -> None:
    employes = [
        {"ref": "lucie", "nom": "B", "prenom": "L", "email": "l@plesses.test", "role": "EMPLOYE"}
    ]
    lea.patch("/_mock/state", json={"autoEcoles": [{"ref": "plesses", "employes": employes}]})
    lucie = Vendor(lea.application).as_("lucie")

    declared = lucie.post(f"{V2}/nombre-de-formateurs", json=DECLARATION)

    assert refusal_of(declared) == (403, "ACTION_INTERDITE")
    assert lea.world.store.declarations.count() == 0
    assert lucie.post(f"{V2}/mandats", json=prise()).status_code == 201
    assert lucie.post(f"{V2}/centres-favoris", json={}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "champ"),
    [
        ({"nombreDeFormateurs": 1000}, "nombreDeFormateurs"),
        ({"nombreDeFormateurs": -1}, "nombreDeFormateurs"),
        ({"nombreDeFormateurs": "3"}, "nombreDeFormateurs"),
        ({"groupePermis": "C"}, "groupePermis"),
        ({"codeDepartement": "85"}, "codeDepartement"),
    ],
)
def test_a_declaration_that_is_wrong_says_where(
    lea: Vendor, changes: dict[str, object], champ: str
) -> None:
    answer = lea.post(f"{V2}/nombre-de-formateurs", json=DECLARATION | changes)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


def test_declarations_are_part_of_a_written_state(lea: Vendor) -> None:
    lea.post(f"{V2}/nombre-de-formateurs", json=DECLARATION)
    state = lea.get("/_mock/state").content

    loaded = lea.put("/_mock/scenario", content=state, headers={"content-type": "application/yaml"})

    assert loaded.status_code == 200
    assert [one.nombre_de_formateurs for one in lea.world.store.declarations.all()] == [3]
