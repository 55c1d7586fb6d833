import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from starlette.types import Message

from rdv_mock.overlay.bad import BadOverlay
from rdv_mock.settings import Settings
from tests.support import CONTRATS, LIVRET, SMALL, Vendor, contrat, lecon, refusal_of, running

MANDATS = "/api/v2/auto-ecole/mandats"
ETP = f"{LIVRET}/etp"


class Overlaid:
    """Serves the small world under an overlay."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "surcouche.yaml"

    @contextmanager
    def __call__(self, text: str, world: str = SMALL, **settings: Any) -> Iterator[Vendor]:
        self._path.write_text(text, "utf-8")
        with running(world, settings=Settings(overlay=self._path, **settings)) as application:
            yield Vendor(application).as_("lea")


@pytest.fixture
def overlaid(tmp_path: Path) -> Overlaid:
    return Overlaid(tmp_path)


def details_of(answer: Any) -> list[str]:
    return [detail["champ"] for detail in answer.json()["details"]]


def messages_of(answer: Any) -> list[str]:
    return [detail["message"] for detail in answer.json()["details"]]


def operation_at(lea: Vendor, path: str, method: str) -> dict[str, Any]:
    operation: dict[str, Any] = lea.get("/openapi.json").json()["paths"][path][method]
    return operation


def test_a_moved_operation_answers_at_its_new_address_alone(overlaid: Overlaid) -> None:
    with overlaid("operations: {listerFormateurs: {path: /v9/moniteurs, method: POST}}") as lea:
        moved = lea.post("/v9/moniteurs")
        old = lea.get(f"{LIVRET}/formateurs")
        wrong = lea.get("/v9/moniteurs")
        paths = lea.get("/openapi.json").json()["paths"]

    assert [one["nom"] for one in moved.json()] == ["Petit"]
    assert refusal_of(old) == (404, "RESSOURCE_INCONNUE")
    assert refusal_of(wrong) == (405, "METHODE_NON_AUTORISEE")
    assert wrong.headers["Allow"] == "POST"
    assert f"{LIVRET}/formateurs" not in paths
    assert paths["/v9/moniteurs"]["post"]["operationId"] == "listerFormateurs"


def test_the_old_address_of_a_literal_path_is_not_taken_for_an_id(overlaid: Overlaid) -> None:
    with overlaid("operations: {listerDatesExamens: {path: /v9/dates}}") as lea:
        old = lea.get("/api/v2/auto-ecole/examens/dates")
        unknown = lea.get("/api/v1/auto-ecole/examens/dates")
        examen = lea.get("/api/v2/auto-ecole/examens/inconnu")

    assert refusal_of(old) == refusal_of(unknown) == (404, "RESSOURCE_INCONNUE")
    assert refusal_of(examen) == (404, "EXAMEN_INCONNU")


def test_what_only_v2_has_stays_unknown_where_v1_was_moved(overlaid: Overlaid) -> None:
    with overlaid("paths: {/api/v1/auto-ecole: /v1}") as lea:
        unknown = lea.get("/v1/examens/dates")
        examen = lea.get("/v1/examens/inconnu")

    assert refusal_of(unknown) == (404, "RESSOURCE_INCONNUE")
    assert refusal_of(examen) == (404, "EXAMEN_INCONNU")


def test_a_literal_wins_over_an_id_wherever_both_have_been_moved(overlaid: Overlaid) -> None:
    text = """\
operations:
  lireContratDeFormation: {path: "/l/{contratId}/lecons"}
  listerLecons: {path: "/l/par-contrat/{contratId}"}
"""
    with overlaid(text) as lea:
        lecons = lea.get(f"/l/par-contrat/{lea.id_of('k1')}")
        one = lea.get(f"/l/{lea.id_of('k1')}/lecons")
        both = lea.get("/l/par-contrat/lecons")

    assert len(lecons.json()) == 2
    assert one.json()["id"]
    assert refusal_of(both) == (404, "CONTRAT_INCONNU")


def test_parameters_of_a_path_may_be_renamed_and_change_places(overlaid: Overlaid) -> None:
    text = """\
parameters: {contratId: idContrat, leconId: contratId}
operations: {lireLecon: {path: "/l/{contratId}/de/{idContrat}"}}
"""
    with overlaid(text) as lea:
        l1 = lea.id_of("l1")
        answer = lea.get(f"/l/{l1}/de/{lea.id_of('k1')}")
        operation = operation_at(lea, "/l/{contratId}/de/{idContrat}", "get")
        unmoved = operation_at(lea, f"{CONTRATS}/{{idContrat}}/lecons/{{contratId}}", "put")

    assert answer.json()["id"] == l1
    assert [one["name"] for one in operation["parameters"]] == ["idContrat", "contratId"]
    assert [one["name"] for one in unmoved["parameters"]] == ["idContrat", "contratId"]


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_location_says_where_what_was_created_is_read_now(overlaid: Overlaid, prefix: str) -> None:
    text = 'operations: {lireLecon: {path: "/l/{leconId}/de/{contratId}"}}'
    with overlaid(text) as lea:
        lea.prefix = prefix
        k1 = lea.id_of("k1")
        made = lea.post(f"{CONTRATS}/{k1}/lecons", json=lecon())
        location = made.headers["Location"]
        lea.prefix = ""
        read = lea.get(location)
        other = lea.post(CONTRATS, json=contrat())

    assert location == f"{prefix}/l/{made.json()['id']}/de/{k1}"
    assert read.json() == made.json()
    assert other.headers["Location"] == f"{CONTRATS}/{other.json()['id']}"


def test_the_base_path_of_the_livret_and_an_overlay_combine(overlaid: Overlaid) -> None:
    text = f"""\
paths: {{/livret/contrats-de-formation: /c}}
operations: {{listerFormateurs: {{path: {LIVRET}/formateurs}}}}
"""
    with overlaid(text, livret_base_path="/livret") as lea:
        moved = lea.post("/c", json=contrat())
        statuses = [
            lea.get(path).status_code
            for path in (
                f"{LIVRET}/formateurs",
                "/livret/simulateurs",
                "/livret/formateurs",
                f"{LIVRET}/simulateurs",
                CONTRATS,
            )
        ]
        read = lea.get(moved.headers["Location"])

    assert moved.headers["Location"].startswith("/c/")
    assert read.json() == moved.json()
    assert statuses == [200, 200, 404, 404, 404]


def test_fields_of_requests_and_answers_are_renamed(overlaid: Overlaid) -> None:
    text = """\
schemas:
  DeclarationLecon: {dureeEnMinutes: duree, dateHeureDebut: debut}
  Lecon: {dureeEnMinutes: duree}
fields: {numeroAutorisation: formateur}
"""
    asked = {
        "type": "CIRCULATION",
        "debut": "2026-03-09T15:00:00",
        "duree": 60,
        "formateur": "A0850001230",
    }
    with overlaid(text) as lea:
        lecons = f"{CONTRATS}/{lea.id_of('k1')}/lecons"
        made = lea.post(lecons, json=asked)
        listed = lea.get(lecons)
        formateurs = lea.get(f"{LIVRET}/formateurs")

    assert made.status_code == 201, made.text
    assert (made.json()["duree"], made.json()["formateur"]) == (60, "A0850001230")
    assert made.json()["dateHeureDebut"] == "2026-03-09T15:00:00"
    assert list(made.json())[6:8] == ["duree", "formateur"]
    assert made.json() in listed.json()
    assert formateurs.json()[0]["formateur"] == "A0850001230"


def test_our_old_name_is_an_unknown_field_once_it_is_renamed(overlaid: Overlaid) -> None:
    with overlaid("schemas: {DeclarationLecon: {dureeEnMinutes: duree}}") as lea:
        lecons = f"{CONTRATS}/{lea.id_of('k1')}/lecons"
        answer = lea.post(lecons, json=lecon())
        odd = lea.post(lecons, json={**lecon(), "duree": 60, "a.b": 1, "c[0]": 2})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"] == [
        {"champ": "duree", "message": "est obligatoire"},
        {"champ": "dureeEnMinutes", "message": "n'est pas un champ connu"},
    ]
    assert set(details_of(odd)) == {"dureeEnMinutes", "a.b", "c[0]"}


def test_unknown_fields_may_still_be_ignored(overlaid: Overlaid) -> None:
    world = SMALL + "responses: {unknownFields: ignore}\n"
    with overlaid("schemas: {DeclarationLecon: {activite: nature}}", world) as lea:
        lecons = f"{CONTRATS}/{lea.id_of('k1')}/lecons"
        answer = lea.post(lecons, json=lecon(activite="EVALUATION_DE_DEPART"))

    assert answer.json()["activite"] == "LECON"


def test_nested_fields_are_renamed_for_one_operation_alone(overlaid: Overlaid) -> None:
    text = """\
operations:
  rechercherContratsDeFormation:
    request: {filtre.nom: nomDeNaissance, filtre.nom.query: texte}
    response: {data: contrats, data.nom: nomDeNaissance, pagination.nombreTotal: total}
"""
    with overlaid(text) as lea:
        found = lea.post(
            f"{CONTRATS}/recherche", json={"filtre": {"nomDeNaissance": {"texte": "Hénaff"}}}
        )
        wrong = lea.post(
            f"{CONTRATS}/recherche", json={"filtre": {"nomDeNaissance": {"texte": 1, "query": ""}}}
        )
        read = lea.get(f"{CONTRATS}/{lea.id_of('k1')}")

    assert found.json()["contrats"][0]["nomDeNaissance"] == "L'Hénaff-Œuvray"
    assert found.json()["pagination"]["total"] == 1
    assert details_of(wrong) == ["filtre.nomDeNaissance.texte", "filtre.nomDeNaissance.query"]
    assert read.json()["nom"] == "L'Hénaff-Œuvray"


def test_parameters_of_a_query_are_renamed(overlaid: Overlaid) -> None:
    with overlaid("parameters: {groupe-permis: groupePermis}") as lea:
        good = lea.get(f"{ETP}?mois=2026-03&groupePermis=B")
        old = lea.get(f"{ETP}?mois=2026-03&groupe-permis=B")
        bad = lea.get(f"{ETP}?mois=2026-03&groupePermis=Z")

    assert good.json()["groupePermis"] == "B"
    assert details_of(old) == details_of(bad) == ["groupePermis"]
    assert old.json()["details"][0]["message"] == "est obligatoire"


def test_codes_are_renamed_wherever_they_stand_and_messages_stay(overlaid: Overlaid) -> None:
    text = "codes: {CONTRAT_INCONNU: E-042, RESSOURCE_INCONNUE: PERDU, CORPS_TROP_VOLUMINEUX: GROS}"
    with overlaid(text) as lea:
        unknown = lea.get(f"{CONTRATS}/inconnu")
        nowhere = lea.get("/nulle/part")
        large = lea.post(CONTRATS, content=b" " * (1024 * 1024 + 1))

    assert refusal_of(unknown) == (404, "E-042")
    assert unknown.json()["message"] == "Le contrat de formation est inconnu"
    assert refusal_of(nowhere) == (404, "PERDU")
    assert refusal_of(large) == (413, "GROS")


def test_statuses_are_moved_for_a_code_and_for_one_operation(overlaid: Overlaid) -> None:
    text = """\
statuses: {CONTRAT_INCONNU: 410, METHODE_NON_AUTORISEE: 404, CONTRAT_AUTRE_AUTO_ECOLE: 200}
operations: {listerLecons: {statuses: {CONTRAT_INCONNU: 422}}}
"""
    with overlaid(text) as lea:
        one = lea.get(f"{CONTRATS}/inconnu")
        other = lea.get(f"{CONTRATS}/inconnu/lecons")
        method = lea.put(f"{LIVRET}/formateurs")
        fine = lea.get(f"{CONTRATS}/{lea.id_of('k2')}")
        responses = operation_at(lea, f"{CONTRATS}/{{contratId}}", "get")["responses"]

    assert [one.status_code, other.status_code, method.status_code] == [410, 422, 404]
    assert refusal_of(fine) == (200, "CONTRAT_AUTRE_AUTO_ECOLE")
    assert list(responses) == ["200", "401", "403", "410", "429", "500", "503"]
    media = responses["200"]["content"]["application/json"]
    assert media["schema"]["anyOf"][0]["$ref"].endswith("/ContratDeFormation")
    assert media["examples"]["CONTRAT_AUTRE_AUTO_ECOLE"]


def test_a_status_that_the_scenario_chooses_goes_before_the_overlay(overlaid: Overlaid) -> None:
    world = SMALL + "errors: {CONTRAT_INCONNU: {status: 418, message: Parti}}\n"
    with overlaid("statuses: {CONTRAT_INCONNU: 410}", world) as lea:
        answer = lea.get(f"{CONTRATS}/inconnu")
        responses = operation_at(lea, f"{CONTRATS}/{{contratId}}", "get")["responses"]

    assert (answer.status_code, answer.json()["message"]) == (418, "Parti")
    assert "418" in responses
    assert "410" not in responses


def test_a_success_may_have_another_status_and_no_body(overlaid: Overlaid) -> None:
    text = """\
operations:
  creerContratDeFormation: {status: 204}
  retirerLecon: {status: 200}
  declarerLecon: {status: 202}
"""
    with overlaid(text) as lea:
        made = lea.post(CONTRATS, json=contrat())
        lecons = f"{CONTRATS}/{lea.id_of('k1')}/lecons"
        removed = lea.delete(f"{lecons}/{lea.id_of('l1')}")
        declared = lea.post(lecons, json=lecon())
        document = lea.get("/openapi.json").json()["paths"]

    assert (made.status_code, made.content) == (204, b"")
    assert "content-length" not in made.headers
    assert made.headers["Location"]
    assert (removed.status_code, removed.content) == (200, b"")
    assert removed.headers["content-length"] == "0"
    assert declared.status_code == 202
    assert declared.json()["id"]
    assert "content" not in document[CONTRATS]["post"]["responses"]["204"]
    assert "201" not in document[f"{CONTRATS}/{{contratId}}/lecons"]["post"]["responses"]


def test_a_success_that_resets_the_content_has_no_body(overlaid: Overlaid) -> None:
    with overlaid("operations: {creerContratDeFormation: {status: 205}}") as lea:
        made = lea.post(CONTRATS, json=contrat())
        document = lea.get("/openapi.json").json()["paths"]

    assert (made.status_code, made.content) == (205, b"")
    assert made.headers["Location"]
    assert "content" not in document[CONTRATS]["post"]["responses"]["205"]


def test_the_body_of_refusals_has_their_names_on_every_surface_of_the_apis(
    overlaid: Overlaid,
) -> None:
    text = "fields: {code: errorCode, message: libelle, details: x, champ: y}"
    with overlaid(text) as lea:
        nowhere = lea.get("/nulle/part").json()
        bad = lea.get(ETP).json()
        control = lea.get("/_mock/journal?limit=x").json()
        world = lea.get("/w/inconnu/docs").json()

    assert list(nowhere) == ["errorCode", "erreur", "libelle"]
    assert [one["y"] for one in bad["x"]] == ["mois", "groupe-permis"]
    assert list(control) == ["code", "erreur", "message", "details"]
    assert list(world) == ["code", "erreur", "message"]


def test_a_crash_is_told_in_their_names_too(overlaid: Overlaid) -> None:
    text = "codes: {ERREUR_INTERNE: BOUM}\nstatuses: {ERREUR_INTERNE: 502}\n"
    with (
        overlaid(text) as lea,
        patch("rdv_mock.api.livret.FormateurOnWire.of", side_effect=ZeroDivisionError),
    ):
        answer = lea.get(f"{LIVRET}/formateurs")
        entry = lea.get("/_mock/journal").json()["entries"][0]

    assert refusal_of(answer) == (502, "BOUM")
    assert (entry["status"], entry["code"]) == (502, "ERREUR_INTERNE")


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        (b"{", ["corps"]),
        (b"\xff", ["corps"]),
        (b'\xef\xbb\xbf{"duree": 1}', ["corps"]),
        ('{"duree": 1}'.encode("utf-16"), ["corps"]),
        (b"[" * 100_000, ["corps"]),
        (b'"duree"', ["corps"]),
        (b"[]", ["corps"]),
        (b"null", ["corps"]),
        (b'{"type": "\\ud800", "duree": 60}', ["corps"]),
        (b'{"duree": "60"}', ["type", "dateHeureDebut", "duree", "numeroAutorisation"]),
        (b'{"duree": 60.5}', ["type", "dateHeureDebut", "duree", "numeroAutorisation"]),
        (b'{"duree": ' + b"9" * 5000 + b"}", ["corps"]),
        (
            b'{"duree": ' + b"9" * 4000 + b"}",
            ["type", "dateHeureDebut", "numeroAutorisation"],
        ),
        (b'{"duree": 1e999}', ["type", "dateHeureDebut", "duree", "numeroAutorisation"]),
    ],
)
def test_a_bad_body_is_refused_as_it_would_be_without_an_overlay(
    overlaid: Overlaid, body: bytes, champs: list[str]
) -> None:
    headers = {"Content-Type": "application/json"}
    with overlaid("schemas: {DeclarationLecon: {dureeEnMinutes: duree}}") as lea:
        path = f"{CONTRATS}/{lea.id_of('k1')}/lecons"
        answer = lea.post(path, content=body, headers=headers)
    with running() as application:
        ours = Vendor(application).as_("lea")
        as_ever = ours.post(
            path, content=body.replace(b"duree", b"dureeEnMinutes"), headers=headers
        )

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert details_of(answer) == champs
    assert messages_of(answer) == messages_of(as_ever)


def test_the_order_of_the_checks_and_the_size_of_a_body_stay(overlaid: Overlaid) -> None:
    most = 1024 * 1024
    with overlaid("schemas: {CreationContratDeFormation: {nom: n}}") as lea:
        stranger = Vendor(lea.application)
        headers = {"Content-Type": "application/json"}
        without_token = stranger.post(CONTRATS, content=b"{", headers=headers)
        reader = stranger.as_("lea", "livret_numerique:read")
        without_scope = reader.post(CONTRATS, content=b"{", headers=headers)
        accents = json.dumps(contrat() | {"nom": "é" * (most // 2 - 200)}, ensure_ascii=False)
        accents = accents.replace('"nom"', '"n"')
        large = lea.post(CONTRATS, content=accents.encode(), headers=headers)
        in_parts = lea.post(CONTRATS, content=(b" " * 100_000 for _ in range(11)), headers=headers)

    assert refusal_of(without_token) == (401, "JETON_INVALIDE")
    assert refusal_of(without_scope) == (403, "SCOPE_INSUFFISANT")
    assert most - 400 < len(accents.encode()) < most
    assert refusal_of(large) == (404, "CANDIDAT_INCONNU")
    assert refusal_of(in_parts) == (413, "CORPS_TROP_VOLUMINEUX")


def test_a_client_that_goes_away_while_it_sends_is_not_answered(overlaid: Overlaid) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    with overlaid("schemas: {CreationContratDeFormation: {nom: n}}") as lea:
        scope = {
            "type": "http",
            "method": "POST",
            "path": CONTRATS,
            "query_string": b"",
            "headers": [(b"authorization", lea.headers["Authorization"].encode())],
        }
        asyncio.run(lea.application(scope, receive, send))

    assert not sent


def test_rate_limits_count_a_moved_operation_like_any_other(overlaid: Overlaid) -> None:
    text = "operations: {listerFormateurs: {path: /v9/moniteurs}}\nstatuses: " + (
        "{NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT: 503}"
    )
    world = SMALL + "limits: {debit.actif: true, debit.parEmploye: 2}\n"
    with overlaid(text, world) as lea:
        answers = [lea.get("/v9/moniteurs") for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 503]
    assert answers[-1].headers["Retry-After"]


def test_the_journal_shows_what_has_really_travelled_and_our_names_of_it(
    overlaid: Overlaid,
) -> None:
    text = """\
operations: {declarerLecon: {method: PUT, path: "/l/{contratId}"}}
schemas: {DeclarationLecon: {dureeEnMinutes: duree}}
codes: {DUREE_INVALIDE: DUREE-42}
statuses: {DUREE_INVALIDE: 400}
"""
    asked = lecon(duree=5)
    del asked["dureeEnMinutes"]
    with overlaid(text) as lea:
        path = f"/l/{lea.id_of('k1')}"
        lea.put(f"{path}?trace=1", json=asked)
        (entry,) = lea.get("/_mock/journal?operation=declarerLecon&code=DUREE_INVALIDE").json()[
            "entries"
        ]

    assert (entry["method"], entry["path"], entry["status"]) == ("PUT", path, 400)
    assert entry["request"]["query"] == "trace=1"
    assert json.loads(entry["request"]["body"])["duree"] == 5
    assert json.loads(entry["response"]["body"])["code"] == "DUREE-42"


def arm(lea: Vendor, **incident: Any) -> None:
    armed = lea.post("/_mock/incidents", json=incident)
    assert armed.status_code == 201, armed.text


OVERLAY_OF_INCIDENTS = """\
operations: {listerSimulateurs: {path: /v9/simulateurs, method: POST}, lireEtp: {status: 203}}
fields: {etp: equivalents}
codes: {SERVICE_INDISPONIBLE: PANNE}
statuses: {SERVICE_INDISPONIBLE: 502}
"""


@pytest.mark.parametrize(
    "target", [{"operation": "listerSimulateurs"}, {"path": "/v9/*"}, {"method": "POST"}]
)
def test_incidents_know_an_operation_by_our_name_and_by_where_it_stands(
    overlaid: Overlaid, target: dict[str, str]
) -> None:
    with overlaid(OVERLAY_OF_INCIDENTS) as lea:
        arm(lea, error="SERVICE_INDISPONIBLE", **target)
        struck = lea.post("/v9/simulateurs")
        spared = lea.get(f"{LIVRET}/formateurs")

    assert refusal_of(struck) == (502, "PANNE")
    assert spared.status_code == 200


@pytest.mark.parametrize(
    ("incident", "status", "content"),
    [
        ({"error": "SERVICE_INDISPONIBLE", "status": 507}, 507, b'{"code":"PANNE"'),
        ({"status": 200, "body": {"etp": 1}}, 200, b'{"etp": 1}'),
        ({"body": {"etp": 1}}, 200, b'{"etp": 1}'),
        ({"body": "etp"}, 200, b"etp"),
        ({"status": 418}, 418, b""),
        ({"malformed": True}, 203, b'{"mois":"2026-03","groupePermis":"B","equivalents":'),
        ({"omit": ["equivalents", "mois"]}, 203, b'{"groupePermis": "B", "formateurs"'),
        ({"omit": ["etp"]}, 203, b'{"mois": "2026-03", "groupePermis": "B", "equivalents": 2.5'),
        ({"headers": {"X-A": "b"}}, 203, b'{"mois":"2026-03","groupePermis":"B","equivalents":2.5'),
    ],
)
def test_what_an_incident_does_is_done_to_the_answer_that_travels(
    overlaid: Overlaid, incident: dict[str, Any], status: int, content: bytes
) -> None:
    with overlaid(OVERLAY_OF_INCIDENTS) as lea:
        arm(lea, operation="lireEtp", **incident)
        answer = lea.get(f"{ETP}?mois=2026-03&groupe-permis=B")

    assert answer.status_code == status
    assert answer.content.startswith(content), answer.text
    if not content:
        assert not answer.content


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_dropped_connection_stays_one(overlaid: Overlaid, when: str) -> None:
    with overlaid(OVERLAY_OF_INCIDENTS) as lea:
        arm(lea, operation="lireEtp", drop=when)
        with patch("rdv_mock.http.surface.drop") as drop:
            lea.get(f"{ETP}?mois=2026-03&groupe-permis=B")

    drop.assert_called_once()


def test_it_holds_in_every_world_and_touches_neither_control_plane_nor_provider(
    overlaid: Overlaid,
) -> None:
    text = "fields: {nom: n, code: c, message: m}\nparameters: {contratId: id}\n"
    with overlaid(text) as lea:
        made = lea.post("/_mock/worlds", json={"name": "autre"})
        other = Vendor(lea.application, "/w/autre").as_("lea")
        formateurs = other.get(f"{LIVRET}/formateurs")
        document = other.get("/openapi.json").json()
        control = lea.get("/_mock/scenarios/inconnu")
        provider = lea.post("/realms/formation/protocol/openid-connect/token", data={"a": "b"})
        pages = [lea.get(path).status_code for path in ("/docs", "/_mock/docs", "/")]

    assert made.status_code == 201
    assert formateurs.json()[0]["n"] == "Petit"
    assert document["servers"][0]["url"] == "http://testserver/w/autre"
    assert "n" in document["components"]["schemas"]["Formateur"]["properties"]
    assert refusal_of(control) == (404, "RESSOURCE_INCONNUE")
    assert set(provider.json()) == {"error", "error_description"}
    assert pages == [200, 200, 307]


def test_a_deprecated_alias_is_changed_when_it_is_named(overlaid: Overlaid) -> None:
    text = """\
operations:
  lireMonAutoEcoleV1: {path: /v1/moi, response: {nom: raisonSociale}}
"""
    with overlaid(text) as lea:
        alias = lea.get("/v1/moi").json()
        twin = lea.get("/api/v2/auto-ecole/moi").json()

    assert alias["raisonSociale"] == twin["nom"] == "Auto-École des Plesses"


def test_codes_inside_an_answer_are_renamed_too(overlaid: Overlaid) -> None:
    world = (
        SMALL
        + """\
mandats: [{autoEcole: plesses, candidat: ines, groupePermis: B}]
centres: [{ref: x, nom: X, codeDepartement: "085"}]
creneaux: [{ref: c1, centre: x, dateHeureDebut: 2026-04-07T08:00:00}]
paniers: [{ref: p1, employe: lea, elements: [{creneau: c1}]}]
"""
    )
    text = "codes: {EXAMEN_NON_NOMINATIF: SANS_NOM}\nschemas: {ElementValide: {codeMessage: c}}\n"
    with overlaid(text, world) as lea:
        answer = lea.post(f"/api/v2/auto-ecole/paniers/{lea.id_of('p1')}/valider")

    assert answer.status_code == 207
    assert answer.json()["data"][0]["c"] == "SANS_NOM"


def test_an_overlay_that_changes_nothing_leaves_every_byte(overlaid: Overlaid) -> None:
    paths = ["/openapi.json", f"{LIVRET}/formateurs", f"{ETP}?mois=2026-03&groupe-permis=B"]
    paths += [ETP, f"{CONTRATS}/inconnu", "/nulle/part", "/api/v1/auto-ecole/moi"]

    def answers(lea: Vendor) -> list[tuple[Any, ...]]:
        got = [lea.get(path) for path in paths] + [lea.post(CONTRATS, json=contrat())]
        return [(one.status_code, one.content, sorted(one.headers.items())) for one in got]

    with running() as application:
        ours = answers(Vendor(application).as_("lea"))
    with overlaid("# rien\n") as lea:
        assert answers(lea) == ours


def test_a_bad_overlay_stops_the_application_before_it_is_made(overlaid: Overlaid) -> None:
    with (
        pytest.raises(BadOverlay, match="listerFormateur"),
        overlaid("operations: {listerFormateur: {path: /x}}"),
    ):
        pass


def test_operations_that_call_an_id_otherwise_may_come_to_one_address(overlaid: Overlaid) -> None:
    text = """\
operations:
  supprimerPanier: {path: "/v9/choses/{id}", parameters: {panierId: id}}
  lireContratDeFormation: {path: "/v9/choses/{id}", parameters: {contratId: id}}
"""
    with overlaid(text) as lea:
        k1 = lea.id_of("k1")
        read = lea.get(f"/v9/choses/{k1}")
        deleted = lea.call("DELETE", "/v9/choses/inconnu")
        neither = lea.call("PUT", "/v9/choses/inconnu")

    assert read.json()["id"] == k1
    assert refusal_of(deleted) == (404, "PANIER_INCONNU")
    assert (neither.status_code, neither.headers["allow"]) == (405, "DELETE, GET")


def test_where_it_is_created_leads_to_what_reads_it_by_whatever_method(overlaid: Overlaid) -> None:
    text = """\
operations:
  lirePanier: {method: POST, path: "/api/v2/auto-ecole/paniers/{panierId}/lire"}
"""
    with overlaid(text) as lea:
        created = lea.post("/api/v2/auto-ecole/paniers")
        read = lea.post(created.headers["location"])

    assert created.headers["location"].endswith("/lire")
    assert read.json()["id"] == created.json()["id"]
