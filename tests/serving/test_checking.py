"""What becomes of an answer that leaves the document, which none of ours does."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from rdv_mock.document.openapi import document_of
from rdv_mock.facts.incident import Incident
from rdv_mock.http.addresses import REALM
from rdv_mock.http.dispatch import Dispatch
from rdv_mock.http.passage import Passage, passage_of
from rdv_mock.http.refusals import refused
from rdv_mock.http.surface import Surface
from rdv_mock.serving import checking
from rdv_mock.serving.app import Application, create_application
from rdv_mock.serving.checking import Checking
from rdv_mock.settings import Settings
from rdv_mock.worlds.incidents import Armed
from tests.support import LIVRET, SMALL, Vendor, build_store, refusal_of, running

JSON = {"content-type": "application/json"}
MANDAT = "/api/v2/auto-ecole/mandats"
LOCATED = {**JSON, "location": "/x"}
ERREUR = json.dumps({"code": "CENTRE_INCONNU", "erreur": "CENTRE_INCONNU", "message": "x"})


class Stub:
    """An application that answers any call with one answer, as some operation."""

    def __init__(
        self,
        operation: str | None,
        status: int,
        headers: Mapping[str, str],
        *parts: str,
        struck: bool = False,
    ) -> None:
        self.operation = operation
        self.struck_by = Armed("un", Incident()) if struck else None
        self.status = status
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.parts = parts or ("",)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        passage = passage_of(scope)
        passage.operation, passage.struck_by = self.operation, self.struck_by
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for part in self.parts[:-1]:
            await send({"type": "http.response.body", "body": part.encode(), "more_body": True})
        await send({"type": "http.response.body", "body": self.parts[-1].encode()})


@contextmanager
def answering(
    stub: Stub, how: Literal["warn", "fail"] = "fail", text: str = SMALL
) -> Iterator[TestClient]:
    """Somebody who calls a server that answers so, and holds its answers against the document."""
    with running(text, settings=Settings(check_answers=how)) as application:
        server = application.server
        surface = Surface(Checking(stub, server), refused, server)
        yield TestClient(Application(surface, server), raise_server_exceptions=False)


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "leaves the document" in record.msg]


WRONG = [
    (
        Stub("listerFormateurs", 418, JSON, "[]"),
        "418 leaves the document at the status: is not one of the operation's",
    ),
    (
        Stub("listerFormateurs", 200, JSON, '[{"id": 3}]'),
        '200 leaves the document at /0/id: 3 is not of type "string"',
    ),
    (
        Stub("listerFormateurs", 200, JSON, "[", "NaN", "]"),
        "200 leaves the document at the body: cannot be read: NaN is no JSON",
    ),
    (
        Stub("listerFormateurs", 200, JSON, "["),
        "200 leaves the document at the body: cannot be read: Expecting value",
    ),
    (
        Stub("listerFormateurs", 200, JSON),
        "200 leaves the document at the body: cannot be read: Expecting value",
    ),
    (
        Stub("listerFormateurs", 200, {"content-type": "text/html"}, "[]"),
        "200 leaves the document at the header Content-Type: 'text/html' is none of"
        " ['application/json']",
    ),
    (
        Stub("listerFormateurs", 200, {}, "[]"),
        "200 leaves the document at the header Content-Type: '' is none of ['application/json']",
    ),
    (
        Stub("retirerLecon", 204, {}, "fait"),
        "204 leaves the document at the body: should be none",
    ),
    (
        Stub("retirerLecon", 204, JSON),
        "204 leaves the document at the body: should be none",
    ),
    (
        Stub("creerPanier", 201, JSON, "{}"),
        "201 leaves the document at the header Location: is missing",
    ),
    (
        Stub("listerFormateurs", 401, JSON, ERREUR),
        "401 leaves the document at the header WWW-Authenticate: is missing",
    ),
    (
        Stub("getClock", 200, JSON, '{"now": "hier", "frozen": true}'),
        '200 leaves the document at /now: "hier" is not a "date-time"',
    ),
]
"""Answers that no operation gives, and what is said of them."""


@pytest.mark.parametrize(("stub", "said"), WRONG)
def test_an_answer_that_leaves_the_document_is_logged_and_held_back(
    caplog: pytest.LogCaptureFixture, stub: Stub, said: str
) -> None:
    with answering(stub) as someone:
        answer = someone.get(MANDAT)

    assert refusal_of(answer) == (500, "ERREUR_INTERNE")
    assert answer.headers["X-Rdv-Mock"] == "1"
    assert f"{stub.operation} {said}" in "\n".join(lines_of(caplog))


@pytest.mark.parametrize(("stub", "said"), WRONG)
def test_where_only_a_warning_is_asked_for_the_answer_goes_out_as_it_is(
    caplog: pytest.LogCaptureFixture, stub: Stub, said: str
) -> None:
    with answering(stub, "warn") as someone:
        answer = someone.get(MANDAT)

    assert (answer.status_code, answer.text) == (stub.status, "".join(stub.parts))
    assert said in "\n".join(lines_of(caplog))


@pytest.mark.parametrize(
    "stub",
    [
        Stub(
            "listerFormateurs", 200, {"content-type": "Application/JSON; charset=utf-8"}, "[", "]"
        ),
        Stub("retirerLecon", 204, {}),
        Stub("getState", 200, {"content-type": "application/yaml"}, "title: x"),
        Stub("jeton", 418, {}, "not of the document"),
        Stub(None, 404, JSON, "{}"),
        Stub("listerFormateurs", 418, {}, "an incident's", struck=True),
    ],
)
def test_an_answer_that_keeps_the_document_or_is_none_of_it_goes_out(
    caplog: pytest.LogCaptureFixture, stub: Stub
) -> None:
    with answering(stub) as someone:
        answer = someone.get(MANDAT)

    assert (answer.status_code, answer.text) == (stub.status, "".join(stub.parts))
    assert lines_of(caplog) == []


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize(
    ("given", "status"), [("", 429), ("12", 429), ("demain", 500), ("-1", 500)]
)
def test_a_header_that_may_be_left_out_keeps_its_schema_where_it_is_there(
    monkeypatch: pytest.MonkeyPatch, given: str, status: int, *, inline: bool
) -> None:
    body = json.dumps({"code": "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT", "message": "x"})
    headers = {**JSON, **({"retry-after": given} if given else {})}
    header = {"schema": {"type": "integer", "minimum": 0}}

    def with_numbers(*arguments: Any) -> dict[str, Any]:
        document = document_of(*arguments)
        components = document["components"]
        components["headers"] = {**components["headers"], "Retry-After": header}
        if inline:
            operation = document["paths"][f"{LIVRET}/formateurs"]["get"]
            operation["responses"]["429"]["headers"]["Retry-After"] = header
        return document

    monkeypatch.setattr("rdv_mock.serving.checking.document_of", with_numbers)
    monkeypatch.setattr(checking, "_known", {})
    with answering(Stub("listerFormateurs", 429, headers, body)) as someone:
        assert someone.get(MANDAT).status_code == status


def test_each_world_is_held_against_its_own_document(caplog: pytest.LogCaptureFixture) -> None:
    stub = Stub("creerPanier", 418, JSON, ERREUR)
    overridden = f"{SMALL}errors: {{EMPLOYE_AUTO_ECOLE_INEXISTANT: {{status: 418}}}}\n"

    with answering(stub, text=overridden) as someone:
        assert someone.get(MANDAT).status_code == 418
    with answering(stub) as someone:
        assert someone.get(MANDAT).status_code == 500
    assert len(lines_of(caplog)) == 1


def test_the_log_of_one_answer_has_an_end(caplog: pytest.LogCaptureFixture) -> None:
    with answering(Stub("listerFormateurs", 200, JSON, json.dumps([1] * 1000))) as someone:
        someone.get(MANDAT)

    assert len(lines_of(caplog)) == checking.MOST_PROBLEMS


def test_worlds_whose_documents_are_alike_share_one_and_not_too_many_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking, "_known", {})
    monkeypatch.setattr(checking, "MOST_DOCUMENTS", 1)
    with running() as first, running() as second:
        asked = [
            Passage(one.server, Vendor(one).world, "", "/", REALM, operation=operation)
            for one in (first, second)
            for operation in ("listerFormateurs", "getClock")
        ]
        one = checking.answers_of(asked[0], "/livret")
        assert checking.answers_of(asked[2], "/livret") is one
        assert checking.answers_of(asked[1], "/livret") is not one
        assert checking.answers_of(asked[0], "/livret") is not one


def test_what_stands_at_the_root_only_promises_nothing_in_a_world(anyone: Vendor) -> None:
    anyone.post("/_mock/worlds", json={"name": "essai"})

    assert refusal_of(anyone.get("/w/essai/_mock/worlds")) == (404, "RESSOURCE_INCONNUE")


def test_the_journal_tells_what_was_sent_instead() -> None:
    stub = Stub("listerFormateurs", 418, JSON, "[]")
    with answering(stub) as someone:
        someone.get(MANDAT)
        application: Any = someone.app
        (entry,) = application.server.worlds["principal"].journal

    assert (entry.status, entry.code) == (500, "ERREUR_INTERNE")


def test_without_the_setting_nothing_is_in_the_way() -> None:
    application = create_application(Settings(check_answers="off"))
    application.open(build_store())

    assert isinstance(application.asgi, Surface)
    assert isinstance(application.asgi.app, Dispatch)
    application.close()


def test_a_v1_address_is_held_against_its_own_operation(
    lea: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answers = [lea.get(f"/api/{version}/auto-ecole/moi") for version in ("v1", "v2")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert lines_of(caplog) == []


def test_a_status_that_a_scenario_moves_takes_its_header_along() -> None:
    text = SMALL + (
        "errors: {SCOPE_INSUFFISANT: {status: 401}, JETON_INVALIDE: {status: 403},"
        " NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT: {status: 503}}\n"
        "limits: {debit.actif: true, debit.parEmploye: 1}\n"
    )
    with running(text, settings=Settings(check_answers="fail")) as application:
        lea = Vendor(application).as_("lea", "openid")
        statuses = [lea.get(f"{LIVRET}/formateurs").status_code for _ in range(2)]
        nobody = Vendor(application).get(f"{LIVRET}/formateurs").status_code

    assert (statuses, nobody) == ([401, 503], 403)
