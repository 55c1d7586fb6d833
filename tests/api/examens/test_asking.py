from typing import Any

import pytest

from tests.api.examens.acts import PERMUTATION, READS, REMPLACEMENT, V2, ids_of, reserve
from tests.support import Vendor, refusal_of

V1 = "/api/v1/auto-ecole"
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("DELETE", "/examens/e1", {}),
    ("POST", "/examens/remplacement", {"json": REMPLACEMENT}),
    ("POST", "/examens/permutation", {"json": PERMUTATION}),
]
CALLS = [*(("GET", path, {}) for path in READS), *WRITES]
ALIASED = ("/examens?", "/examens/e1", "/examens/permut", "/examens/remplacement")


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
