import pytest

from rdv_mock.serving.app import Application
from tests.support import CONTRATS, LIVRET, Vendor, contrat, lecon, refusal_of


@pytest.fixture
def anyone(application: Application) -> Vendor:
    """A caller without a token in the small world, not in that of the exam API."""
    return Vendor(application)


def test_a_contrat_is_opened_and_can_be_read_where_location_says(lea: Vendor) -> None:
    created = lea.post(CONTRATS, json=contrat(bureauId=lea.id_of("sables")))

    assert created.status_code == 201
    body = created.json()
    assert body == {
        "id": body["id"],
        "autoEcoleId": lea.id_of("plesses"),
        "bureauId": lea.id_of("sables"),
        "candidatId": lea.id_of("ines"),
        "nom": "Moreau",
        "numeroDossier": "012345678901",
        "categoriePermis": "B",
        "typeFormation": "TRADITIONNELLE",
        "dateHeureCreation": "2026-03-10T08:00:00Z",
    }
    assert created.headers["location"] == f"{CONTRATS}/{body['id']}"
    assert lea.get(created.headers["location"]).json() == body


def test_the_name_is_echoed_as_it_is_registered(lea: Vendor) -> None:
    created = lea.post(
        CONTRATS,
        json=contrat(nom="lhenaff oeuvray", numeroDossier="000123456789", categoriePermis="A2"),
    )

    assert created.json()["nom"] == "L'Hénaff-Œuvray"


@pytest.mark.parametrize("null", ["bureauId"])
def test_an_optional_field_that_is_null_counts_as_absent(lea: Vendor, null: str) -> None:
    assert lea.post(CONTRATS, json=contrat(**{null: None})).json()[null] is None


@pytest.mark.parametrize(
    ("employe", "changes", "refusal"),
    [
        ("paul", {}, (403, "AUTO_ECOLE_FERMEE")),
        ("paul", {"nom": "Personne"}, (403, "AUTO_ECOLE_FERMEE")),
        ("lea", {"nom": "Morel"}, (404, "CANDIDAT_INCONNU")),
        ("lea", {"numeroDossier": "12345678901"}, (404, "CANDIDAT_INCONNU")),
        ("lea", {"categoriePermis": "A2"}, (422, "CANDIDAT_SANS_DEMANDE_ACTIVE")),
        ("lea", {"categoriePermis": "B1"}, (422, "CANDIDAT_SANS_DEMANDE_ACTIVE")),
        (
            "lea",
            {"nom": "L'Hénaff-Œuvray", "numeroDossier": "000123456789"},
            (409, "CONTRAT_DEJA_CONNU"),
        ),
        ("lea", {"bureauId": "inconnu"}, (400, "PARAMETRE_INVALIDE")),
    ],
)
def test_a_contrat_is_refused_for_the_first_reason(
    anyone: Vendor, employe: str, changes: dict[str, str], refusal: tuple[int, str]
) -> None:
    before = anyone.world.store.contrats_de_formation.count()

    assert refusal_of(anyone.as_(employe).post(CONTRATS, json=contrat(**changes))) == refusal
    assert anyone.world.store.contrats_de_formation.count() == before


def test_another_ecole_may_hold_its_own_contrat_with_the_same_eleve(anyone: Vendor) -> None:
    assert anyone.as_("lea").post(CONTRATS, json=contrat()).status_code == 201
    assert anyone.as_("max").post(CONTRATS, json=contrat()).status_code == 201


@pytest.mark.parametrize("path", ["", "/lecons", "/lecons/{l3}"])
def test_the_contrat_of_another_ecole_shows_nothing(lea: Vendor, path: str) -> None:
    url = f"{CONTRATS}/{lea.id_of('k2')}{path.format(l3=lea.id_of('l3'))}"

    answer = lea.get(url)

    assert refusal_of(answer) == (403, "CONTRAT_AUTRE_AUTO_ECOLE")
    assert "nom" not in answer.text.replace("nommé", "")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/lecons"),
        ("POST", "/lecons"),
        ("GET", "/lecons/x"),
        ("PUT", "/lecons/x"),
        ("DELETE", "/lecons/x"),
    ],
)
def test_an_unknown_contrat_is_said_to_be_unknown(lea: Vendor, method: str, path: str) -> None:
    body = {"json": lecon()} if method in {"POST", "PUT"} else {}

    assert refusal_of(lea.call(method, f"{CONTRATS}/inconnu{path}", **body)) == (
        404,
        "CONTRAT_INCONNU",
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_lecon_of_another_contrat_is_unknown(lea: Vendor, method: str) -> None:
    url = f"{CONTRATS}/{lea.id_of('k1')}/lecons/{lea.id_of('l3')}"
    body = {"json": lecon()} if method == "PUT" else {}

    assert refusal_of(lea.call(method, url, **body)) == (404, "LECON_INCONNUE")


def test_a_lecon_is_declared_and_can_be_read_where_location_says(lea: Vendor) -> None:
    lecons = f"{CONTRATS}/{lea.id_of('k1')}/lecons"

    created = lea.post(lecons, json=lecon(activite="EVALUATION_DE_DEPART"))

    assert created.status_code == 201
    body = created.json()
    assert body == {
        "id": body["id"],
        "contratId": lea.id_of("k1"),
        "type": "CIRCULATION",
        "activite": "EVALUATION_DE_DEPART",
        "dateHeureDebut": "2026-03-09T15:00:00",
        "dateHeureFin": "2026-03-09T16:00:00",
        "dureeEnMinutes": 60,
        "numeroAutorisation": "A0850001230",
        "dateHeureReception": "2026-03-10T08:00:00Z",
    }
    assert created.headers["location"] == f"{lecons}/{body['id']}"
    assert lea.get(created.headers["location"]).json() == body
    assert [one["dateHeureDebut"] for one in lea.get(lecons).json()] == [
        "2025-11-15T10:00:00",
        "2026-03-09T10:00:00",
        "2026-03-09T15:00:00",
    ]


@pytest.mark.parametrize(
    ("employe", "contrat_ref", "changes", "refusal"),
    [
        ("lea", "k2", {}, (403, "CONTRAT_AUTRE_AUTO_ECOLE")),
        ("lea", "k2", {"numeroAutorisation": ""}, (403, "CONTRAT_AUTRE_AUTO_ECOLE")),
        ("paul", "k1", {}, (403, "CONTRAT_AUTRE_AUTO_ECOLE")),
        ("paul", "k3", {"numeroAutorisation": ""}, (403, "AUTO_ECOLE_FERMEE")),
        (
            "lea",
            "k1",
            {"numeroAutorisation": "a0850001230", "dureeEnMinutes": 1},
            (422, "NUMERO_AUTORISATION_INVALIDE"),
        ),
        (
            "lea",
            "k1",
            {"dureeEnMinutes": 241, "dateHeureDebut": "2026-04-01T10:00:00"},
            (422, "DUREE_INVALIDE"),
        ),
        ("lea", "k1", {"dateHeureDebut": "2026-03-10T08:01:00"}, (422, "LECON_DANS_LE_FUTUR")),
        ("lea", "k1", {"dateHeureDebut": "2026-03-09T10:00:59"}, (409, "LECON_DEJA_RENSEIGNEE")),
        ("lea", "k1", {"dateHeureDebut": "2026-03-02T10:00:00"}, (409, "LECON_DEJA_RENSEIGNEE")),
    ],
)
def test_a_lecon_is_refused_for_the_first_reason(
    anyone: Vendor,
    employe: str,
    contrat_ref: str,
    changes: dict[str, object],
    refusal: tuple[int, str],
) -> None:
    before = anyone.world.store.lecons.count()
    url = f"{CONTRATS}/{anyone.id_of(contrat_ref)}/lecons"

    assert refusal_of(anyone.as_(employe).post(url, json=lecon(**changes))) == refusal
    assert anyone.world.store.lecons.count() == before


def test_the_message_of_a_bad_duration_names_the_limits_of_its_type(lea: Vendor) -> None:
    url = f"{CONTRATS}/{lea.id_of('k1')}/lecons"

    answer = lea.post(url, json=lecon(type="SIMULATEUR", dureeEnMinutes=25))

    assert answer.json()["message"] == (
        "La durée n'est pas valide. Elle doit être comprise entre 30 et 240 mn"
    )


def test_a_correction_keeps_the_reception_and_the_place(lea: Vendor) -> None:
    url = f"{CONTRATS}/{lea.id_of('k1')}/lecons/{lea.id_of('l1')}"
    before = lea.get(url).json()

    corrected = lea.put(url, json=lecon(dateHeureDebut="2026-03-09T10:00:30", dureeEnMinutes=90))

    assert corrected.status_code == 200
    changes = {
        "dateHeureDebut": "2026-03-09T10:00:30",
        "dateHeureFin": "2026-03-09T11:30:30",
        "dureeEnMinutes": 90,
    }
    assert corrected.json() == {**before, **changes}
    assert lea.get(url).json() == corrected.json()


def test_a_correction_onto_another_lecon_is_a_duplicate(lea: Vendor) -> None:
    url = f"{CONTRATS}/{lea.id_of('k1')}/lecons/{lea.id_of('l1')}"

    answer = lea.put(url, json=lecon(dateHeureDebut="2026-03-02T10:00:00"))

    assert refusal_of(answer) == (409, "LECON_DEJA_RENSEIGNEE")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_lecon_that_a_night_has_read_is_locked(lea: Vendor, method: str) -> None:
    url = f"{CONTRATS}/{lea.id_of('k1')}/lecons/{lea.id_of('l2')}"
    body = {"json": lecon(numeroAutorisation="")} if method == "PUT" else {}

    assert refusal_of(lea.call(method, url, **body)) == (409, "LECON_VERROUILLEE")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_closed_ecole_neither_corrects_nor_withdraws(anyone: Vendor, method: str) -> None:
    url = f"{CONTRATS}/{anyone.id_of('k3')}/lecons/{anyone.id_of('l4')}"
    body = {"json": lecon()} if method == "PUT" else {}

    assert refusal_of(anyone.as_("paul").call(method, url, **body)) == (403, "AUTO_ECOLE_FERMEE")


def test_a_closed_ecole_still_reads(anyone: Vendor) -> None:
    paul = anyone.as_("paul")

    assert paul.get(f"{CONTRATS}/{anyone.id_of('k3')}").status_code == 200
    assert len(paul.get(f"{CONTRATS}/{anyone.id_of('k3')}/lecons").json()) == 1


def test_a_withdrawn_lecon_is_gone_and_may_be_declared_again(lea: Vendor) -> None:
    lecons = f"{CONTRATS}/{lea.id_of('k1')}/lecons"

    withdrawn = lea.delete(f"{lecons}/{lea.id_of('l1')}")

    assert (withdrawn.status_code, withdrawn.content) == (204, b"")
    assert refusal_of(lea.get(f"{lecons}/{lea.id_of('l1')}")) == (404, "LECON_INCONNUE")
    again = lea.post(lecons, json=lecon(dateHeureDebut="2026-03-09T10:00:00"))
    assert again.status_code == 201


@pytest.mark.parametrize(
    ("filtre", "refs"),
    [
        (None, ["k1", "neuf"]),
        ({}, ["k1", "neuf"]),
        ({"nom": {"query": "henaff"}}, ["k1"]),
        ({"nom": {"query": "henaff", "match": "EXACT"}}, []),
        ({"nom": {"query": "lhenaff œuvray", "match": "EXACT"}}, ["k1"]),
        ({"nom": {"match": "EXACT"}}, ["k1", "neuf"]),
        ({"nom": {"query": ""}}, ["k1", "neuf"]),
        ({"numeroDossier": {"query": "12345678"}}, ["k1", "neuf"]),
        ({"numeroDossier": {"query": "12345678", "match": "EXACT"}}, []),
        ({"numeroDossier": {"query": "012345678901", "match": "EXACT"}}, ["neuf"]),
        ({"nom": {"query": "%"}, "numeroDossier": {"query": "_"}}, []),
        ({"categoriePermis": "A2"}, []),
        ({"categoriePermis": "B", "nom": {"query": "MOREAU"}}, ["neuf"]),
    ],
)
def test_a_search_finds_what_meets_every_criterion(
    lea: Vendor, filtre: dict[str, object] | None, refs: list[str]
) -> None:
    created = lea.post(CONTRATS, json=contrat()).json()["id"]
    ids = {"k1": lea.id_of("k1"), "neuf": created}

    found = lea.post(f"{CONTRATS}/recherche", json={} if filtre is None else {"filtre": filtre})

    assert found.status_code == 200
    assert [one["id"] for one in found.json()["data"]] == [ids[ref] for ref in refs]
    assert found.json()["pagination"]["nombreTotal"] == len(refs)


@pytest.mark.parametrize(
    ("asked", "names", "pagination"),
    [
        ({}, 2, (1, 25, 1, 2)),
        ({"parPage": 1}, 1, (1, 1, 2, 2)),
        ({"parPage": 1, "page": 2}, 1, (2, 1, 2, 2)),
        ({"parPage": 1, "page": 3}, 0, (3, 1, 2, 2)),
        ({"page": 10**18, "parPage": 100}, 0, (10**18, 100, 1, 2)),
        ({"filtre": {"categoriePermis": "A1"}}, 0, (1, 25, 0, 0)),
    ],
)
def test_a_search_is_answered_page_by_page(
    lea: Vendor, asked: dict[str, object], names: int, pagination: tuple[int, int, int, int]
) -> None:
    lea.post(CONTRATS, json=contrat())

    found = lea.post(f"{CONTRATS}/recherche", json=asked).json()

    assert len(found["data"]) == names
    keys = ("pageCourante", "parPage", "nombreDePages", "nombreTotal")
    assert tuple(found["pagination"][key] for key in keys) == pagination


def test_formateurs_and_simulateurs_are_those_of_the_ecole(anyone: Vendor) -> None:
    lea = anyone.as_("lea")

    assert lea.get(f"{LIVRET}/formateurs").json() == [
        {
            "id": lea.id_of("hugo"),
            "nom": "Petit",
            "prenom": "Hugo",
            "numeroAutorisation": "A0850001230",
            "bureauPrincipalId": lea.id_of("sables"),
        }
    ]
    assert lea.get(f"{LIVRET}/simulateurs").json() == [
        {"numeroAutorisation": "S0850000010", "bureauId": lea.id_of("sables")}
    ]
    assert anyone.as_("max").get(f"{LIVRET}/formateurs").json() == []


def test_etp_are_those_that_the_scenario_gives(lea: Vendor) -> None:
    answer = lea.get(f"{LIVRET}/etp?mois=2026-03&groupe-permis=B")

    assert answer.json() == {
        "mois": "2026-03",
        "groupePermis": "B",
        "etp": 2.5,
        "origine": "scenario",
        "formateurs": [
            {
                "id": lea.id_of("hugo"),
                "nom": "Petit",
                "prenom": "Hugo",
                "numeroAutorisation": "A0850001230",
                "etp": 0.0,
            }
        ],
        "simulateurs": [{"numeroAutorisation": "S0850000010", "etp": 0.0}],
    }
    assert lea.get(f"{LIVRET}/etp?mois=2026-03&groupe-permis=A").json()["etp"] == 0.0
