"""A UUID is the same in upper case (RFC 9562, 4), wherever a call or a scenario writes one."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from rdv_mock.http.operation import ApiOperation
from tests.api.exam_world import EXAM_WORLD, V2, change, state_of
from tests.demonstration import (
    Document,
    example_of_body,
    examples_of_parameters,
    operations,
    standing_still,
)
from tests.support import Vendor, running

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def demonstration() -> Iterator[Vendor]:
    with standing_still() as application:
        yield Vendor(application)


@pytest.fixture(scope="module")
def document(demonstration: Vendor) -> Document:
    found: Document = demonstration.get("/openapi.json").json()
    return found


def shouted(value: Any) -> Any:
    """The same value with its UUIDs in upper case."""
    written = json.dumps(value, ensure_ascii=False)
    return json.loads(UUID.sub(lambda found: found.group().upper(), written))


@pytest.mark.parametrize("route", list(operations()), ids=lambda route: route.operation)
def test_every_operation_takes_its_ids_in_upper_case_too(
    route: ApiOperation, demonstration: Vendor, document: Document
) -> None:
    asked: Any = {
        "path": examples_of_parameters(document, route, "path"),
        "query": examples_of_parameters(document, route, "query"),
        "body": example_of_body(document, route) if route.body else None,
    }
    answers = []
    for written in (asked, shouted(asked)):
        assert demonstration.post("/_mock/reset").status_code == 204
        answer = demonstration.as_("lea").call(
            route.method,
            route.path.format_map(written["path"]),
            params=written["query"],
            **({"json": written["body"]} if route.body else {}),
        )
        answers.append((answer.status_code, answer.text, state_of(demonstration)))

    assert answers[0][0] < 300
    assert answers[0] == answers[1]


def test_a_uuid_is_named_once_whatever_its_case(exam: Vendor) -> None:
    centre, creneau = exam.id_of("sables-b"), exam.id_of("b1")
    lea = exam.as_("lea")
    panier = lea.post(f"{V2}/paniers").json()["id"]

    free = lea.get(
        f"{V2}/crenodispo",
        params={
            "centres-ids": [centre, centre.upper()],
            "groupe-permis": "B",
            "date": "2026-04-09",
        },
    )
    twice = lea.post(
        f"{V2}/paniers/{panier}/creneaux-multiples", json={"creneauxId": [creneau, creneau.upper()]}
    )

    assert free.status_code == 200
    assert free.json() == []
    assert twice.status_code == 400


def test_the_control_plane_takes_ids_in_upper_case(exam: Vendor) -> None:
    examen, lea, plesses = (exam.id_of(ref).upper() for ref in ("e-attente", "lea", "plesses"))

    entered = exam.post(f"/_mock/examens/{examen}/resultat", json={"statut": "EXAMEN_ABSENT"})
    token = exam.post("/_mock/tokens", json={"employe": lea})
    etp = exam.get(
        "/_mock/etp", params={"autoEcole": plesses, "groupePermis": "B", "mois": "2026-05"}
    )

    assert [entered.status_code, token.status_code, etp.status_code] == [204, 200, 200]


def test_a_scenario_may_give_and_name_ids_in_upper_case(exam: Vendor) -> None:
    known, given = exam.id_of("ines"), "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE"

    change(
        exam,
        candidats=[
            {"id": known.upper(), "prenom": "Agnès"},
            {
                "id": given,
                "nom": "Neuf",
                "numeroDossier": "1",
                "demandes": [{"categoriePermis": "B"}],
            },
        ],
        mandats=[{"autoEcole": "plesses", "candidat": given, "groupePermis": "B"}],
    )
    change(exam, supprimer=[exam.id_of("zoe").upper()])

    store = exam.world.store
    assert store.candidats.get(known).prenom == "Agnès"
    assert store.candidats.get(given.lower()).nom == "Neuf"
    assert "zoe" not in store.references.by_ref()


def test_an_id_that_is_no_uuid_is_another_one_in_upper_case(exam: Vendor) -> None:
    change(exam, paniers=[{"id": "mon-panier", "employe": "lea"}])
    lea = exam.as_("lea")

    assert lea.get(f"{V2}/paniers/mon-panier").status_code == 200
    assert lea.get(f"{V2}/paniers/MON-PANIER").status_code == 404


@pytest.fixture
def exam() -> Iterator[Vendor]:
    with running(EXAM_WORLD) as application:
        yield Vendor(application)
