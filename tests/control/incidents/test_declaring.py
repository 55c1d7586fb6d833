import json
from time import monotonic
from typing import Any

import pytest

from rdv_mock.facts.incident import Incident
from rdv_mock.worlds.incidents import MOST_INCIDENTS
from tests.control.incidents.support import (
    DOWN,
    FORMATEURS,
    OIDC,
    UNAVAILABLE,
    arm,
    problems_of,
    statuses,
)
from tests.support import CONTRATS, Vendor, refusal_of

# Declaring, listing, removing


def test_what_is_declared_is_answered_and_listed_in_its_order(lea: Vendor) -> None:
    everything = {
        "operation": "declarerLecon",
        "method": "post",
        "path": "/api/*",
        "employe": lea.id_of("lea"),
        "autoEcole": lea.id_of("plesses"),
        "after": 1,
        "times": 2,
        "delaySeconds": 0.5,
        "status": 500,
        "headers": {"X-A": "b"},
        "body": {"a": [1]},
        "malformed": True,
        "omit": ["id"],
        "drop": "after",
    }

    first = lea.post("/_mock/incidents", json={**everything, "employe": "lea"})
    second = lea.post("/_mock/incidents", json={"status": 500})

    assert (first.status_code, second.status_code) == (201, 201)
    counted = {"seen": 0, "struck": 0, "epuise": False}
    names = {
        "employeRef": "lea",
        "employeNom": "Léane Durant",
        "autoEcoleRef": "plesses",
        "autoEcoleNom": "Auto-École des Plesses",
    }
    assert first.json() == {"id": "incident-1", "restants": 2, **counted, **everything, **names}
    assert second.json() == {"id": "incident-2", "restants": None, **counted, "status": 500}
    assert lea.get("/_mock/incidents").json() == [first.json(), second.json()]
    assert lea.get("/_mock/incidents/incident-1").json() == first.json()


def test_a_spent_one_stays_listed_until_a_reset(lea: Vendor) -> None:
    arm(lea, **DOWN, times=2)
    arm(lea, status=500)

    assert statuses(lea, 3) == [503, 503, 500]

    spent, armed = lea.get("/_mock/incidents").json()
    assert (spent["id"], spent["struck"], spent["restants"], spent["epuise"]) == (
        "incident-1",
        2,
        0,
        True,
    )
    assert (armed["id"], armed["restants"], armed["epuise"]) == ("incident-2", None, False)
    assert lea.get("/_mock/incidents/incident-1").json() == spent
    assert "times: 2" not in lea.get("/_mock/state").text
    lea.post("/_mock/reset?scope=incidents")
    assert lea.get("/_mock/incidents").json() == []


def test_one_is_removed_or_all_are(lea: Vendor) -> None:
    first, second, third = (arm(lea, **DOWN) for _ in range(3))

    assert lea.delete(f"/_mock/incidents/{second}").status_code == 204
    assert [one["id"] for one in lea.get("/_mock/incidents").json()] == [first, third]
    assert lea.delete("/_mock/incidents").status_code == 204
    assert lea.get("/_mock/incidents").json() == []
    assert lea.get(FORMATEURS).status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_one_that_is_not_there_is_unknown(anyone: Vendor, method: str) -> None:
    gone = arm(anyone, **DOWN)
    anyone.delete(f"/_mock/incidents/{gone}")

    for id_ in (gone, "incident-9", "x"):
        answer = anyone.call(method, f"/_mock/incidents/{id_}")
        assert refusal_of(answer) == (404, "INCIDENT_INCONNU")


@pytest.mark.parametrize("scope", ["incidents", "all"])
def test_a_reset_disarms_them(lea: Vendor, scope: str) -> None:
    arm(lea, **DOWN)

    lea.post(f"/_mock/reset?scope={scope}")

    assert lea.get("/_mock/incidents").json() == []


@pytest.mark.parametrize("scope", ["state", "clock", "journal", "limits"])
def test_another_reset_leaves_them_armed(lea: Vendor, scope: str) -> None:
    arm(lea, employe="lea", **DOWN)

    lea.post(f"/_mock/reset?scope={scope}")

    assert refusal_of(lea.get(FORMATEURS)) == UNAVAILABLE


def test_an_incident_of_one_world_is_none_of_another(lea: Vendor) -> None:
    assert lea.post("/_mock/worlds", json={"name": "autre"}).status_code == 201
    elsewhere = Vendor(lea.application, "/w/autre").as_("lea")
    arm(elsewhere, **DOWN)

    assert refusal_of(elsewhere.get(FORMATEURS)) == UNAVAILABLE
    assert lea.get(FORMATEURS).status_code == 200
    assert lea.get("/_mock/incidents").json() == []


def test_a_copy_of_a_world_is_armed_as_it_is_now(lea: Vendor) -> None:
    arm(lea, operation="listerFormateurs", times=2, **DOWN)
    lea.get(FORMATEURS)
    lea.post("/_mock/worlds", json={"name": "copie", "from": "principal"})
    copy = Vendor(lea.application, "/w/copie").as_("lea")

    assert statuses(copy, 2) == [503, 200]
    assert statuses(lea, 2) == [503, 200]


# What makes no sense


@pytest.mark.parametrize(
    ("incident", "champ", "message"),
    [
        (
            {"operation": "declarerLecons"},
            "operation",
            "n'est pas une opération connue ; vouliez-vous dire « declarerLecon » ?",
        ),
        ({"operation": "xyzzy"}, "operation", "n'est pas une opération connue"),
        ({"operation": ""}, "operation", "n'est pas une opération connue"),
        (
            {"error": "SERVICE_INDISPONIBL"},
            "error",
            "n'est pas un code connu ; vouliez-vous dire « SERVICE_INDISPONIBLE » ?",
        ),
        ({"employe": "zoe"}, "employe", "« zoe » ne désigne aucun employé"),
        (
            {"employe": "lae"},
            "employe",
            "« lae » ne désigne aucun employé ; vouliez-vous dire « lea » ?",
        ),
        (
            {"employe": "plesses"},
            "employe",
            "« plesses » ne désigne aucun employé ; vouliez-vous dire « lea@plesses.test » ?",
        ),
        ({"autoEcole": "lea"}, "autoEcole", "« lea » ne désigne aucune auto-école"),
        (
            {"autoEcole": "plesse"},
            "autoEcole",
            "« plesse » ne désigne aucune auto-école ; vouliez-vous dire « plesses » ?",
        ),
        (
            {"path": "*"},
            "path",
            "ne doit pas pouvoir désigner le plan de contrôle (/_mock)",
        ),
        (
            {"path": "/_mock/health"},
            "path",
            "ne doit pas pouvoir désigner le plan de contrôle (/_mock)",
        ),
        (
            {"path": "/*/formateurs"},
            "path",
            "ne doit pas pouvoir désigner le plan de contrôle (/_mock)",
        ),
        ({"error": "ERREUR_INTERNE", "body": "x"}, "body", "ne va pas avec « error »"),
        (
            {"headers": {"Content-Length": "3"}},
            "headers",
            "ne peut pas dire content-length, transfer-encoding",
        ),
        (
            {"headers": {"Transfer-Encoding": "chunked"}},
            "headers",
            "ne peut pas dire content-length, transfer-encoding",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_armed(
    anyone: Vendor, incident: dict[str, Any], champ: str, message: str
) -> None:
    answer = anyone.post("/_mock/incidents", json={"delaySeconds": 1, **incident})

    assert refusal_of(answer) == (422, "INCIDENT_INVALIDE")
    assert problems_of(answer) == [(champ, message)]
    assert anyone.get("/_mock/incidents").json() == []


@pytest.mark.parametrize(
    "incident",
    [
        {},
        {"operation": "lireMonAutoEcole"},
        {"path": "/api/*", "employe": "lea", "after": 1, "times": 2},
        {"delaySeconds": 0, "headers": {}, "body": None, "malformed": False, "omit": []},
    ],
)
def test_an_incident_without_an_effect_is_none(anyone: Vendor, incident: dict[str, Any]) -> None:
    answer = anyone.post("/_mock/incidents", json=incident)

    assert refusal_of(answer) == (422, "INCIDENT_INVALIDE")
    assert problems_of(answer) == [
        (
            "corps",
            "n'a aucun effet ; donnez au moins delaySeconds, error, status, headers, body,"
            " malformed, omit ou drop",
        )
    ]
    assert anyone.get("/_mock/incidents").json() == []


@pytest.mark.parametrize(
    "effect",
    [
        {"delaySeconds": 0.1},
        {"error": "ERREUR_INTERNE"},
        {"status": 204},
        {"headers": {"X-A": "b"}},
        {"body": ""},
        {"body": 0},
        {"malformed": True},
        {"omit": ["id"]},
        {"drop": "before"},
    ],
)
def test_one_effect_is_enough(anyone: Vendor, effect: dict[str, Any]) -> None:
    assert anyone.post("/_mock/incidents", json=effect).status_code == 201


def test_all_that_makes_no_sense_is_told_at_once(anyone: Vendor) -> None:
    wrong = {"operation": "x", "path": "*", "error": "X", "employe": "x", "autoEcole": "x"}

    answer = anyone.post("/_mock/incidents", json=wrong)

    assert {champ for champ, _ in problems_of(answer)} == set(wrong)


@pytest.mark.parametrize(
    ("incident", "champ"),
    [
        ({"operation": 1}, "operation"),
        ({"method": "GET POST"}, "method"),
        ({"method": ""}, "method"),
        ({"path": ""}, "path"),
        ({"path": "/" + "a" * 500}, "path"),
        ({"path": ["/a"]}, "path"),
        ({"after": -1}, "after"),
        ({"after": 1.5}, "after"),
        ({"after": True}, "after"),
        ({"after": 1_000_001}, "after"),
        ({"times": 0}, "times"),
        ({"times": "3"}, "times"),
        ({"times": 10**30}, "times"),
        ({"delaySeconds": -0.1}, "delaySeconds"),
        ({"delaySeconds": 60.1}, "delaySeconds"),
        ({"delaySeconds": 1e400}, "delaySeconds"),
        ({"delaySeconds": "1"}, "delaySeconds"),
        ({"error": 503}, "error"),
        ({"status": 199}, "status"),
        ({"status": 600}, "status"),
        ({"status": "503"}, "status"),
        ({"headers": ["X-A"]}, "headers"),
        ({"headers": {"X-A": 1}}, "headers.X-A"),
        ({"headers": {"X-A": "b\r\nX-B: c"}}, "headers.X-A"),
        ({"headers": {"X-A": "b\n"}}, "headers.X-A"),
        ({"headers": {"X-A": "\u0000"}}, "headers.X-A"),
        ({"headers": {"X-A": "€"}}, "headers.X-A"),
        ({"headers": {"X-A": "a" * 4_001}}, "headers.X-A"),
        ({"malformed": "true"}, "malformed"),
        ({"malformed": 1}, "malformed"),
        ({"omit": "id"}, "omit"),
        ({"omit": [1]}, "omit[0]"),
        ({"drop": "during"}, "drop"),
        ({"drop": True}, "drop"),
        ({"delai": 1}, "delai"),
        ({"auto_ecole": "plesses"}, "auto_ecole"),
        ({"id": "incident-1"}, "id"),
    ],
)
def test_a_field_of_the_wrong_kind_is_a_bad_parameter(
    anyone: Vendor, incident: dict[str, Any], champ: str
) -> None:
    answer = anyone.post(
        "/_mock/incidents",
        content=json.dumps(incident).replace("Infinity", "1e400"),
        headers={"Content-Type": "application/json"},
    )

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [where for where, _ in problems_of(answer)] == [champ]
    assert anyone.get("/_mock/incidents").json() == []


def test_there_is_an_end_to_what_can_go_wrong(anyone: Vendor) -> None:
    for _ in range(MOST_INCIDENTS):
        anyone.application.principal.incidents.declare(Incident(error="SERVICE_INDISPONIBLE"))

    answer = anyone.post("/_mock/incidents", json=DOWN)

    assert refusal_of(answer) == (422, "INCIDENT_INVALIDE")
    assert problems_of(answer) == [("corps", "il y a déjà 1000 incidents, sur 1000 ; retirez-en")]
    anyone.delete("/_mock/incidents")
    assert anyone.post("/_mock/incidents", json=DOWN).status_code == 201


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_body_that_is_no_json_is_no_body(anyone: Vendor, number: str) -> None:
    answer = anyone.post(
        "/_mock/incidents",
        content=f'{{"body": {{"a": [{number}]}}}}',
        headers={"Content-Type": "application/json"},
    )

    assert refusal_of(answer) == (422, "INCIDENT_INVALIDE")
    assert problems_of(answer) == [("body", "contient un nombre que JSON ne connaît pas")]


@pytest.mark.parametrize("name", ["X A", "X:A", "X-A\r\nX-B", "X-A\n", "Écho", "", "a" * 101])
def test_a_header_has_a_name_that_can_be_one(anyone: Vendor, name: str) -> None:
    answer = anyone.post("/_mock/incidents", json={"headers": {name: "b"}})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert anyone.get("/_mock/incidents").json() == []


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"body": "\\ud800"}', b'"x"'])
def test_an_incident_is_an_object_of_readable_json(anyone: Vendor, content: bytes) -> None:
    answer = anyone.post(
        "/_mock/incidents", content=content, headers={"Content-Type": "application/json"}
    )

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")


def test_a_pattern_full_of_stars_does_not_keep_anybody_waiting(lea: Vendor) -> None:
    for _ in range(20):
        arm(lea, path="/api" + "*a" * 248, **DOWN)
    began = monotonic()

    answer = lea.get(f"{CONTRATS}/{'a' * 5_000}")

    assert answer.status_code in {404, 503}
    assert monotonic() - began < 2


PAGE = "<script>alert(1)</script>"

HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    "incident",
    [
        {"body": PAGE, "headers": HTML},
        {"body": PAGE, "headers": {"content-type": "Application/XHTML+XML"}},
        {"body": PAGE, "headers": {"content-type": "image/svg+xml"}},
        {"body": PAGE, "headers": {"content-type": "multipart/x-mixed-replace; boundary=a"}},
        {"headers": HTML},
        {"body": PAGE, "headers": {**HTML, "Content-Security-Policy": "script-src *"}},
    ],
)
def test_a_page_that_an_incident_serves_has_no_part_in_our_origin(
    lea: Vendor, incident: dict[str, Any]
) -> None:
    arm(lea, **incident)

    answer = lea.get(FORMATEURS)

    assert answer.headers.get_list("content-security-policy")[-1] == "sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_of_ours_that_is_only_late_keeps_its_policy(anyone: Vendor) -> None:
    query = "client_id=editeur-demo&redirect_uri=http://localhost:3000/callback&response_type=code"
    as_ever = anyone.get(f"{OIDC}/auth?{query}")
    arm(anyone, operation="autoriser", delaySeconds=0.01)

    struck = anyone.get(f"{OIDC}/auth?{query}")

    assert struck.headers["content-security-policy"] == as_ever.headers["content-security-policy"]
    assert "sandbox" not in struck.headers["content-security-policy"]
