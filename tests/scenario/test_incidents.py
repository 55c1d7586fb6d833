from typing import Any

import pytest
import yaml

from rdv_mock.facts.incident import Incident
from rdv_mock.scenario.dump import dump_scenario
from tests.scenario.worlds import NOW, Load, problems_of
from tests.support import LIVRET, SMALL, Vendor, running

FORMATEURS = f"{LIVRET}/formateurs"
YAML = {"Content-Type": "application/yaml"}

ARMED = """\
incidents:
  - {operation: listerFormateurs, after: 1, times: 3, error: SERVICE_INDISPONIBLE}
  - {employe: lea, autoEcole: plesses, method: get, path: /api/*, delaySeconds: 0.01}
"""
EVERYTHING = """\
incidents:
  - operation: declarerLecon
    method: POST
    path: /api/*
    employe: lea@plesses.test
    autoEcole: plesses
    after: 2
    times: 3
    delaySeconds: 1.5
    status: 503
    headers: {Retry-After: 120, X-Vide: ""}
    body: {entier: 1, décimal: -2.50, oui: true, rien: null, texte: "1", liste: [0, 012, 1e3]}
    malformed: true
    omit: [id, nom]
    drop: before
  - error: SERVICE_INDISPONIBLE
"""


def incidents_of(vendor: Vendor) -> list[dict[str, Any]]:
    """Those that `GET /state` writes."""
    written: list[dict[str, Any]] = yaml.safe_load(vendor.get("/_mock/state").text).get(
        "incidents", []
    )
    return written


def statuses(vendor: Vendor, calls: int) -> list[int]:
    return [vendor.get(FORMATEURS).status_code for _ in range(calls)]


# Loading


def test_all_that_an_incident_can_say_can_be_said_in_a_scenario(load: Load) -> None:
    store = load(SMALL + EVERYTHING)
    refs = store.references.by_ref()

    first, second = store.settings().incidents

    assert first == Incident(
        operation="declarerLecon",
        method="POST",
        path="/api/*",
        employe=refs["lea"],
        auto_ecole=refs["plesses"],
        after=2,
        times=3,
        delay_seconds=1.5,
        status=503,
        headers={"Retry-After": "120", "X-Vide": ""},
        body={
            "entier": 1,
            "décimal": -2.5,
            "oui": True,
            "rien": None,
            "texte": "1",
            "liste": [0, "012", 1000.0],
        },
        malformed=True,
        omit=("id", "nom"),
        drop="before",
    )
    assert second == Incident(error="SERVICE_INDISPONIBLE")


@pytest.mark.parametrize(
    ("written", "body"),
    [
        ("3", 3),
        ('"3"', "3"),
        ("[]", []),
        ("'<p>Bonjour</p>'", "<p>Bonjour</p>"),
        ("2026-03-10", "2026-03-10"),
        ("NO", "NO"),
        ("1" + "0" * 40, 10**40),
        ("1" + "0" * 1_000, "1" + "0" * 1_000),
        ('{"<<": 1}', {"<<": 1}),
        ("null", None),
    ],
)
def test_a_body_is_json_where_it_is_not_quoted(load: Load, written: str, body: object) -> None:
    (incident,) = (
        load(f"{SMALL}incidents: [{{body: {written}, drop: after}}]\n").settings().incidents
    )

    assert incident.body == body
    assert type(incident.body) is type(body)


def test_numbers_elsewhere_stay_the_text_that_they_are(load: Load) -> None:
    text = f"{SMALL}incidents: [{{headers: {{X-Zero: 007}}, omit: [1]}}]\n"

    (incident,) = load(text).settings().incidents

    assert (incident.headers, incident.omit) == ({"X-Zero": "007"}, ("1",))


def test_a_world_is_armed_as_its_scenario_declares() -> None:
    with running(SMALL + ARMED) as application:
        lea = Vendor(application).as_("lea")

        shown = lea.get("/_mock/incidents").json()

        assert [(one["id"], one["seen"], one["struck"]) for one in shown] == [
            ("incident-1", 0, 0),
            ("incident-2", 0, 0),
        ]
        assert shown[1]["employe"] == lea.id_of("lea")
        assert shown[1]["autoEcole"] == lea.id_of("plesses")
        assert statuses(lea, 6) == [200, 503, 503, 503, 200, 200]


# What is refused


@pytest.mark.parametrize(
    ("incident", "champ", "message"),
    [
        (
            "{error: SERVICE_INDISPONIBL}",
            "error",
            "n'est pas un code connu ; vouliez-vous dire « SERVICE_INDISPONIBLE » ?",
        ),
        (
            "{operation: declarerLeçon, drop: after}",
            "operation",
            "n'est pas une opération connue ; vouliez-vous dire « declarerLecon » ?",
        ),
        (
            "{employe: leo, drop: after}",
            "employe",
            "« leo » ne désigne aucun employé ; vouliez-vous dire « lea » ?",
        ),
        (
            "{autoEcole: plesse, drop: after}",
            "autoEcole",
            "« plesse » ne désigne aucune auto-école ; vouliez-vous dire « plesses » ?",
        ),
        (
            "{operation: declarerLecon, times: 1}",
            "",
            "n'a aucun effet ; donnez au moins delaySeconds, error, status, headers, body,"
            " malformed, omit ou drop",
        ),
        (
            "{delaySeconds: 0, headers: {}, omit: [], malformed: false, body: ~}",
            "",
            "n'a aucun effet ; donnez au moins delaySeconds, error, status, headers, body,"
            " malformed, omit ou drop",
        ),
        (
            "{path: /_mock/*, drop: after}",
            "path",
            "ne doit pas pouvoir désigner le plan de contrôle (/_mock)",
        ),
        ("{error: ERREUR_INTERNE, body: x}", "body", "ne va pas avec « error »"),
        (
            "{headers: {content-length: 1}}",
            "headers",
            "ne peut pas dire content-length, transfer-encoding",
        ),
        (
            "{delaySecond: 1}",
            "delaySecond",
            "n'est pas une clé connue ; vouliez-vous dire « delaySeconds » ?",
        ),
        ("{times: 0}", "times", "doit être au moins 1"),
        ("{times: souvent}", "times", "doit être un nombre entier"),
        ("{after: -1}", "after", "doit être au moins 0"),
        ("{delaySeconds: 61}", "delaySeconds", "doit être au plus 60.0"),
        ("{status: 600}", "status", "doit être au plus 599"),
        ("{drop: jamais}", "drop", "doit valoir before ou after"),
        ("{malformed: un peu}", "malformed", "doit être true ou false"),
        ("{omit: id}", "omit", "doit être une liste"),
    ],
)
def test_an_incident_that_makes_no_sense_is_told_with_its_line(
    incident: str, champ: str, message: str
) -> None:
    text = f"{SMALL}incidents:\n  - {{drop: before}}\n  - {incident}\n"
    where = f"incidents[1].{champ}".removesuffix(".")

    assert problems_of(text) == ((where, message, len(text.splitlines())),)


def test_a_header_that_cannot_be_one_is_told_with_its_line() -> None:
    text = f'{SMALL}incidents:\n  - {{headers: {{X-A: "b\\r\\nX-B: c"}}}}\n'

    ((champ, message, ligne),) = problems_of(text)

    assert (champ, ligne) == ("incidents[0].headers.X-A", len(text.splitlines()))
    assert message.startswith("doit respecter le motif")


def test_all_that_makes_no_sense_is_told_at_once() -> None:
    text = f"{SMALL}incidents:\n  - {{employe: a, path: '*', status: 500}}\n  - {{error: b}}\n"

    assert sorted(detail.champ for detail in problems_of(text)) == [
        "incidents[0].employe",
        "incidents[0].path",
        "incidents[1].error",
    ]


def test_incidents_are_a_list() -> None:
    assert problems_of("title: x\nincidents: {times: 1}") == (
        ("incidents", "doit être une liste", 2),
    )


def test_a_scenario_with_a_bad_incident_leaves_the_world_as_armed_as_it_was() -> None:
    with running(SMALL + ARMED) as application:
        anyone = Vendor(application)
        bad = f"{SMALL}incidents: [{{error: X}}]\n".encode()

        assert anyone.put("/_mock/scenario", content=bad, headers=YAML).status_code == 422
        assert len(anyone.get("/_mock/incidents").json()) == 2


# Writing back


def test_the_state_holds_what_the_incidents_would_still_do() -> None:
    with running(SMALL + ARMED) as application:
        lea = Vendor(application).as_("lea")
        second = {
            "method": "get",
            "path": "/api/*",
            "employe": "lea",
            "autoEcole": "plesses",
            "delaySeconds": 0.01,
        }
        first = {"operation": "listerFormateurs", "error": "SERVICE_INDISPONIBLE"}
        assert incidents_of(lea) == [{**first, "after": 1, "times": 3}, second]

        statuses(lea, 2)
        assert incidents_of(lea) == [{**first, "times": 2}, second]

        statuses(lea, 2)
        assert incidents_of(lea) == [second]

        lea.delete("/_mock/incidents")
        assert incidents_of(lea) == []


def test_a_state_that_is_loaded_goes_on_where_it_was() -> None:
    with running(SMALL + ARMED) as application:
        lea = Vendor(application).as_("lea")
        statuses(lea, 2)
        state = lea.get("/_mock/state").text

        assert lea.put("/_mock/scenario", content=state, headers=YAML).status_code == 200

        assert statuses(lea.as_("lea"), 3) == [503, 503, 200]


def test_what_the_control_plane_armed_is_written_as_a_scenario_reads_it() -> None:
    body = {"a": [1, -2.5, True, None, "1", "true", "", {"é": "x: y"}]}
    incident = {"headers": {"X-A": "1"}, "body": body, "omit": ["a"], "status": 500}
    with running(SMALL) as application:
        anyone = Vendor(application)
        anyone.post("/_mock/incidents", json=incident)
        anyone.post("/_mock/incidents", json={"body": "12"})
        before = anyone.get("/_mock/incidents").json()
        state = anyone.get("/_mock/state").text

        assert anyone.put("/_mock/scenario", content=state, headers=YAML).status_code == 200

        assert anyone.get("/_mock/incidents").json() == before
        assert anyone.get("/_mock/state").text == state


def test_a_dumped_scenario_loads_to_the_same_incidents(load: Load) -> None:
    store = load(SMALL + EVERYTHING)
    incidents = store.settings().incidents

    written = dump_scenario(store, now=NOW, frozen=True, incidents=incidents)

    assert list(load(written).settings().incidents) == list(incidents)


@pytest.mark.parametrize("scope", ["all", "incidents"])
def test_after_a_reset_they_are_as_declared(scope: str) -> None:
    with running(SMALL + ARMED) as application:
        lea = Vendor(application).as_("lea")
        declared = lea.get("/_mock/incidents").json()
        statuses(lea, 4)
        lea.delete("/_mock/incidents/incident-2")
        lea.post("/_mock/incidents", json={"status": 500})

        lea.post(f"/_mock/reset?scope={scope}")

        assert lea.get("/_mock/incidents").json() == declared
        assert statuses(lea.as_("lea"), 5) == [200, 503, 503, 503, 200]


def test_another_scenario_brings_its_own() -> None:
    with running(SMALL + ARMED) as application:
        anyone = Vendor(application)

        anyone.put("/_mock/scenario", content=SMALL.encode(), headers=YAML)

        assert anyone.get("/_mock/incidents").json() == []
