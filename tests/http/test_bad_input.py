import json
from collections.abc import Iterator

import pytest

from rdv_mock.hints import MOST_HINTS
from tests.support import CONTRATS, LIVRET, Vendor, contrat, lecon, refusal_of

MIB = 1024 * 1024


def details_of(vendor: Vendor, path: str, **options: object) -> list[tuple[str, str]]:
    """The problems of a call, which has written nothing."""
    before = vendor.world.store.sql.total_changes
    answer = vendor.post(path, **options)
    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert vendor.world.store.sql.total_changes == before
    return [(detail["champ"], detail["message"]) for detail in answer.json()["details"]]


@pytest.mark.parametrize(
    ("content", "content_type", "message"),
    [
        (b"{", "application/json", "n'est pas du JSON lisible"),
        (b"", "application/json", "n'est pas du JSON lisible"),
        (b"\xff\xfe", "application/json", "n'est pas du JSON lisible"),
        (b'{"nom": "\\ud800"}', "application/json", "n'est pas du JSON lisible"),
        (b"[]", "application/json", "doit être un objet"),
        (b"null", "application/json", "doit être un objet"),
        (b'"nom"', "application/json", "doit être un objet"),
        (b"[" * 100_000, "application/json", "n'est pas du JSON lisible"),
        (b"{}", "text/plain", "doit être envoyé en application/json"),
        (b"{}", "", "doit être envoyé en application/json"),
        (b"nom=Moreau", "application/x-www-form-urlencoded", "doit être envoyé en"),
    ],
)
def test_a_body_that_is_no_json_object_is_said_to_be_none(
    lea: Vendor, content: bytes, content_type: str, message: str
) -> None:
    ((champ, said),) = details_of(
        lea, CONTRATS, content=content, headers={"content-type": content_type}
    )

    assert champ == "corps"
    assert said.startswith(message)


def test_json_may_name_its_charset(lea: Vendor) -> None:
    answer = lea.post(
        CONTRATS,
        content=json.dumps(contrat()).encode(),
        headers={"content-type": "application/json; charset=utf-8"},
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"numeroDossier": 12345678901}, ("numeroDossier", "doit être une chaîne de caractères")),
        ({"numeroDossier": ""}, ("numeroDossier", "doit compter au moins 1 caractère(s)")),
        ({"numeroDossier": None}, ("numeroDossier", "doit être une chaîne de caractères")),
        ({"nom": ["Moreau"]}, ("nom", "doit être une chaîne de caractères")),
        ({"categoriePermis": "C"}, ("categoriePermis", "doit valoir A1, A2, B ou B1")),
        ({"categoriePermis": "b"}, ("categoriePermis", "doit valoir A1, A2, B ou B1")),
        ({"bureauId": 3}, ("bureauId", "doit être une chaîne de caractères")),
        ({"neph": "1"}, ("neph", "n'est pas un champ connu")),
        ({"numero_dossier": "1"}, ("numero_dossier", "n'est pas un champ connu")),
    ],
)
def test_each_problem_of_a_contrat_is_named(
    lea: Vendor, changes: dict[str, object], problem: tuple[str, str]
) -> None:
    ((champ, message),) = details_of(lea, CONTRATS, json=contrat(**changes))

    assert (champ, message) == problem


@pytest.mark.parametrize(
    ("changes", "champ", "message"),
    [
        ({"dateHeureDebut": "29/09/2026"}, "dateHeureDebut", "doit être une date et une heure"),
        ({"dateHeureDebut": "2026-02-30T10:00:00"}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": "2026-03-09"}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": "2026-03-09T10:00"}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": "2026-03-09T10:00:00Z"}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": "2026-03-09T10:00:00.5"}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": "2026-03-09 10:00:00"}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": "2026-03-09T24:00:00"}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": "0001-01-01T00:00:00"}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": "9999-12-31T23:59:59"}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": "2026-03-29T02:30:00"}, "dateHeureDebut", "n'existe pas"),
        ({"dateHeureDebut": 1773046800}, "dateHeureDebut", "doit être une date"),
        ({"dateHeureDebut": None}, "dateHeureDebut", "doit être une date"),
        ({"dureeEnMinutes": "60"}, "dureeEnMinutes", "doit être un nombre entier"),
        ({"dureeEnMinutes": 60.5}, "dureeEnMinutes", "doit être un nombre entier"),
        ({"dureeEnMinutes": True}, "dureeEnMinutes", "doit être un nombre entier"),
        ({"type": "CONDUITE"}, "type", "doit valoir CIRCULATION"),
        ({"activite": "RVP"}, "activite", "doit valoir LECON"),
        ({"numeroAutorisation": 1}, "numeroAutorisation", "doit être une chaîne"),
    ],
)
def test_each_problem_of_a_lecon_is_named(
    lea: Vendor, changes: dict[str, object], champ: str, message: str
) -> None:
    url = f"{CONTRATS}/{lea.id_of('k1')}/lecons"

    ((where, said),) = details_of(lea, url, json=lecon(**changes))

    assert where == champ
    assert said.startswith(message)


@pytest.mark.parametrize(
    "changes",
    [
        {"dureeEnMinutes": 10**30},
        {"dureeEnMinutes": -1},
        {"dateHeureDebut": "1900-01-01T00:00:00"},
        {"dateHeureDebut": "2199-12-31T23:59:59"},
        {"numeroAutorisation": "A" * 500_000},
        {"numeroAutorisation": "\u0000"},
    ],
)
def test_absurd_sizes_meet_a_rule_and_not_a_crash(lea: Vendor, changes: dict[str, object]) -> None:
    answer = lea.post(f"{CONTRATS}/{lea.id_of('k1')}/lecons", json=lecon(**changes))

    assert answer.status_code in {201, 422}


def test_all_problems_are_told_at_once(lea: Vendor) -> None:
    problems = details_of(lea, CONTRATS, json={"numeroDossier": 1, "categoriePermis": "Z", "x": 1})

    assert problems == [
        ("nom", "est obligatoire"),
        ("numeroDossier", "doit être une chaîne de caractères"),
        ("categoriePermis", "doit valoir A1, A2, B ou B1"),
        ("typeFormation", "est obligatoire"),
        ("x", "n'est pas un champ connu"),
    ]


def test_of_very_many_problems_the_first_hundred_are_told(lea: Vendor) -> None:
    problems = details_of(lea, CONTRATS, json={f"x{number}": 1 for number in range(1000)})

    assert len(problems) == 101
    assert problems[-1] == ("corps", "et 904 autre(s) problème(s)")


@pytest.mark.parametrize(
    ("asked", "champ", "message"),
    [
        ({"filtre": {"nom": "Moreau"}}, "filtre.nom", "doit être un objet"),
        ({"filtre": {"nom": {"query": 1}}}, "filtre.nom.query", "doit être une chaîne"),
        ({"filtre": {"nom": {"match": "FUZZY"}}}, "filtre.nom.match", "doit valoir PARTIAL"),
        ({"filtre": {"nom": {"mode": "EXACT"}}}, "filtre.nom.mode", "n'est pas un champ"),
        ({"page": 0}, "page", "doit être au moins 1"),
        ({"page": "1"}, "page", "doit être un nombre entier"),
        ({"parPage": 0}, "parPage", "doit être au moins 1"),
        ({"parPage": 101}, "parPage", "doit être au plus 100"),
    ],
)
def test_each_problem_of_a_search_is_named(
    lea: Vendor, asked: dict[str, object], champ: str, message: str
) -> None:
    ((where, said),) = details_of(lea, f"{CONTRATS}/recherche", json=asked)

    assert where == champ
    assert said.startswith(message)


@pytest.mark.parametrize(
    ("query", "champs"),
    [
        ("", ["mois", "groupe-permis"]),
        ("mois=2026-13&groupe-permis=B", ["mois"]),
        ("mois=2026-4&groupe-permis=B", ["mois"]),
        ("mois=0001-01&groupe-permis=B", ["mois"]),
        ("mois=20٢٦-03&groupe-permis=B", ["mois"]),
        ("mois=2026-04&groupe-permis=CE", ["groupe-permis"]),
        ("mois=2026-04&groupe-permis=", ["groupe-permis"]),
        ("mois=2026-04&groupe_permis=B", ["groupe-permis"]),
        ("mois=%FF&groupe-permis=%00", ["mois", "groupe-permis"]),
    ],
)
def test_each_problem_of_a_query_is_named(lea: Vendor, query: str, champs: list[str]) -> None:
    answer = lea.get(f"{LIVRET}/etp?{query}")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs


# What PHP makes of lists and of empty arrays.

CRENODISPO = "/api/v2/auto-ecole/crenodispo"
UUID = "ce000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize("path", [CRENODISPO, f"{CRENODISPO}/date"])
@pytest.mark.parametrize("written", ["centres-ids[0]", "centres-ids[]", "centres-ids%5B1%5D"])
def test_a_list_with_brackets_is_refused_with_how_to_write_it(
    lea: Vendor, path: str, written: str
) -> None:
    answer = lea.get(f"{path}?{written}={UUID}&groupe-permis=B&date=2026-04-07")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"] == [
        {
            "champ": "centres-ids",
            "message": "est obligatoire : il s'écrit sans crochets, répété ou ses valeurs séparées"
            " par des virgules",
        }
    ]


def test_of_a_single_value_with_brackets_nothing_is_said_of_lists(lea: Vendor) -> None:
    answer = lea.get(f"{LIVRET}/etp?mois[]=2026-04&groupe-permis=B")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"] == [
        {"champ": "mois", "message": "est obligatoire : il s'écrit sans crochets"}
    ]


PANIERS = "/api/v2/auto-ecole/paniers"
EMPTY = "doit être un objet : vide, il s'écrit {} et non []"
NO_BODY = " ; cet appel se passe de corps"


@pytest.mark.parametrize(
    ("path", "body", "champ", "message"),
    [
        (PANIERS, [], "corps", EMPTY + NO_BODY),
        ("/_mock/worlds", [], "corps", EMPTY + NO_BODY),
        (PANIERS, "x", "corps", "doit être un objet" + NO_BODY),
        (PANIERS, {"x": 1}, "x", "n'est pas un champ connu"),
        ("/api/v2/auto-ecole/candidats-mandats/recherche", [], "corps", EMPTY),
        ("/api/v2/auto-ecole/centres-favoris", [], "corps", EMPTY),
        (f"{CONTRATS}/recherche", [], "corps", EMPTY),
        (f"{CONTRATS}/recherche", [1], "corps", "doit être un objet"),
        (f"{CONTRATS}/recherche", {"filtre": []}, "filtre", EMPTY),
        ("/_mock/provider-states", {"params": []}, "params", EMPTY),
    ],
)
def test_an_empty_array_of_php_is_refused_with_how_an_empty_object_is_written(
    lea: Vendor, path: str, body: object, champ: str, message: str
) -> None:
    assert details_of(lea, path, json=body) == [(champ, message)]


def test_a_form_where_no_body_is_needed_is_told_so(lea: Vendor) -> None:
    ((champ, message),) = details_of(lea, PANIERS, data={"a": "b"})

    assert (champ, message) == ("corps", "doit être envoyé en application/json" + NO_BODY)


@pytest.mark.parametrize("content", [b"[]", b"null", b"n'importe quoi"])
def test_what_needs_no_body_at_all_looks_at_none(lea: Vendor, content: bytes) -> None:
    panier = lea.post(PANIERS).json()["id"]

    answer = lea.post(f"{PANIERS}/{panier}/valider", content=content)

    assert answer.status_code == 200


def test_unknown_query_parameters_are_ignored(lea: Vendor) -> None:
    answer = lea.get(f"{LIVRET}/etp?mois=2026-04&groupe-permis=B&trace=1")

    assert answer.status_code == 200


def test_a_body_of_one_mebibyte_is_read(lea: Vendor) -> None:
    shell = len(json.dumps(contrat(nom="")))

    answer = lea.post(
        CONTRATS,
        content=json.dumps(contrat(nom="x" * (MIB - shell))).encode(),
        headers={"content-type": "application/json"},
    )

    assert refusal_of(answer) == (404, "CANDIDAT_INCONNU")


@pytest.mark.parametrize("announced", [True, False])
def test_a_larger_body_is_refused_before_the_token_is_looked_at(
    anyone: Vendor,
    announced: bool,  # noqa: FBT001 - a case of the table
) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(17):
            yield b" " * (MIB // 16)

    body = b" " * (MIB + 1) if announced else chunks()

    answer = anyone.post(CONTRATS, content=body, headers={"content-type": "application/json"})

    assert refusal_of(answer) == (413, "CORPS_TROP_VOLUMINEUX")


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        f"{LIVRET}/",
        f"{CONTRATS}/",
        f"{LIVRET}/inconnu",
        "/api/v1/auto-ecole/employes",
        "/_mock/inconnu",
        "/docs/",
        "/%00",
        f"{CONTRATS}/x/lecons%0A",
        "/api/v1/livret-numerique/formateurs/%2e%2e/x",
    ],
)
def test_an_unknown_address_is_said_to_be_unknown(anyone: Vendor, path: str) -> None:
    assert refusal_of(anyone.get(path)) == (404, "RESSOURCE_INCONNUE")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", CONTRATS, "POST"),
        ("PATCH", f"{CONTRATS}/x/lecons/y", "DELETE, GET, PUT"),
        ("DELETE", f"{CONTRATS}/x/lecons", "GET, POST"),
        ("GET", "/_mock/reset", "POST"),
        ("POST", "/_mock/clock", "GET, PUT"),
        ("POST", "/docs", "GET, HEAD"),
        ("BREW", f"{LIVRET}/formateurs", "GET"),
    ],
)
def test_a_wrong_method_is_told_which_ones_there_are(
    anyone: Vendor, method: str, path: str, allow: str
) -> None:
    answer = anyone.call(method, path)

    assert refusal_of(answer) == (405, "METHODE_NON_AUTORISEE")
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize("id_", ["x" * 10_000, "%2e%2e", "' OR 1=1 --", "é", "%00"])
def test_any_unknown_id_is_just_unknown(lea: Vendor, id_: str) -> None:
    assert refusal_of(lea.get(f"{CONTRATS}/{id_}")) == (404, "CONTRAT_INCONNU")


def test_a_crash_shows_nothing_and_writes_nothing(
    lea: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = lea.world.store
    save = store.contrats_de_formation.save

    def save_and_crash(fact: object) -> None:
        save(fact)  # type: ignore[arg-type]
        raise RuntimeError("secret")

    monkeypatch.setattr(store.contrats_de_formation, "save", save_and_crash)
    before = store.contrats_de_formation.count()

    answer = lea.post(CONTRATS, json=contrat())

    assert refusal_of(answer) == (500, "ERREUR_INTERNE")
    assert "secret" not in answer.text
    assert answer.headers["x-rdv-mock"] == "1"
    assert store.contrats_de_formation.count() == before
    monkeypatch.undo()
    assert lea.post(CONTRATS, json=contrat()).status_code == 201


@pytest.mark.parametrize("query", ["&".join(f"kin{n}" for n in range(20)), "kind=lecon&" * 20])
def test_of_many_misspelt_parameters_the_first_have_a_hint(anyone: Vendor, query: str) -> None:
    answer = anyone.get(f"/_mock/state?{query.rstrip('&')}")

    hinted = ["vouliez-vous dire" in detail["message"] for detail in answer.json()["details"]]
    assert hinted == [True] * MOST_HINTS + [False] * (20 - MOST_HINTS)
