import asyncio
from time import monotonic
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient

from rdv_mock.serving.app import Application
from rdv_mock.settings import Settings
from tests.control.journal.support import FORMATEURS, SIMULATEURS, entries_of, journal_of, paths_of
from tests.support import Vendor, refusal_of, running

# How many


def test_a_hundred_are_shown_by_default_and_all_are_counted(lea: Vendor) -> None:
    for _ in range(101):
        lea.get(FORMATEURS)
    lea.get(SIMULATEURS)

    found = journal_of(lea)

    assert (found["total"], len(found["entries"])) == (102, 100)
    assert found["entries"][0]["path"] == SIMULATEURS
    few = journal_of(lea, limit=2, path=FORMATEURS)
    assert (few["total"], len(few["entries"])) == (101, 2)
    assert len(entries_of(lea, limit=1_000)) == 102


def test_the_ring_is_as_large_as_the_setting_says() -> None:
    with running(settings=Settings(journal_size=3)) as application:
        lea = Vendor(application).as_("lea")
        for path in (FORMATEURS, "/a", "/b", "/c"):
            lea.get(path)
        assert journal_of(lea)["total"] == 3
        assert paths_of(lea) == ["/c", "/b", "/a"]

        lea.post("/_mock/worlds", json={"name": "autre"})
        elsewhere = Vendor(application, "/w/autre")
        for path in "abcd":
            elsewhere.get(f"/{path}")
        assert paths_of(elsewhere) == ["/d", "/c", "/b"]


def test_it_is_emptied_and_goes_on(lea: Vendor) -> None:
    lea.get(FORMATEURS)

    assert lea.delete("/_mock/journal").status_code == 204
    assert journal_of(lea) == {"total": 0, "entries": []}
    lea.get(SIMULATEURS)
    assert paths_of(lea) == [SIMULATEURS]


@pytest.mark.parametrize("scope", ["journal", "all"])
def test_a_reset_empties_it(lea: Vendor, scope: str) -> None:
    lea.get(FORMATEURS)

    lea.post(f"/_mock/reset?scope={scope}")

    assert journal_of(lea)["total"] == 0


@pytest.mark.parametrize("scope", ["state", "clock", "incidents", "limits"])
def test_another_reset_leaves_it(lea: Vendor, scope: str) -> None:
    lea.get(FORMATEURS)

    lea.post(f"/_mock/reset?scope={scope}")

    assert paths_of(lea) == [FORMATEURS]


def test_each_world_has_its_own(lea: Vendor) -> None:
    lea.post("/_mock/worlds", json={"name": "autre"})
    elsewhere = Vendor(lea.application, "/w/autre")

    lea.get(FORMATEURS)
    elsewhere.get(SIMULATEURS)
    lea.get(f"/w/inconnu{FORMATEURS}")

    assert paths_of(lea) == [FORMATEURS]
    assert paths_of(elsewhere) == [SIMULATEURS]


# Filters


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"operation": "creerContratDeFormation"}, [409, 201]),
        ({"operation": "listerFormateurs"}, [401, 200]),
        ({"operation": "annulerExamen"}, []),
        ({"method": "post"}, [409, 201]),
        ({"method": "GET"}, [404, 401, 200, 200]),
        ({"path": "/inconnu"}, [404]),
        ({"path": "*/formateurs"}, [401, 200]),
        ({"path": "*"}, [404, 401, 409, 201, 200, 200]),
        ({"path": f"/w/principal{FORMATEURS}"}, []),
        ({"status": 200}, [200, 200]),
        ({"status": 500}, []),
        ({"code": "CONTRAT_DEJA_CONNU"}, [409]),
        ({"code": "RESSOURCE_INCONNUE"}, [404]),
        ({"employe": "lea"}, [409, 201, 200]),
        ({"employe": "max@autre.test"}, [200]),
        ({"employe": "paul"}, []),
        ({"method": "GET", "status": 200, "employe": "lea"}, [200]),
        ({"method": "POST", "status": 200}, []),
    ],
)
def test_each_filter_takes_its_part_and_the_total_agrees(
    busy: Vendor, query: dict[str, str | int], found: list[int]
) -> None:
    answer = journal_of(busy, **query)

    assert [entry["status"] for entry in answer["entries"]] == found
    assert answer["total"] == len(found)
    assert journal_of(busy, limit=1, **query)["total"] == len(found)


def test_an_employe_may_be_named_by_his_id(busy: Vendor) -> None:
    assert journal_of(busy, employe=busy.id_of("max"))["total"] == 1


def test_an_employe_that_nobody_knows_is_said_to_be_unknown(busy: Vendor) -> None:
    answer = busy.get("/_mock/journal?employe=personne")

    assert refusal_of(answer) == (404, "EMPLOYE_INCONNU")


@pytest.mark.parametrize(
    ("query", "champ"),
    [
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=beaucoup", "limit"),
        ("limit=100001", "limit"),
        ("wait=31", "wait"),
        ("wait=-1", "wait"),
        ("wait=30.01", "wait"),
        ("wait=nan", "wait"),
        ("wait=inf", "wait"),
        ("status=ok", "status"),
    ],
)
def test_a_filter_of_the_wrong_kind_is_a_bad_parameter(
    anyone: Vendor, query: str, champ: str
) -> None:
    answer = anyone.get(f"/_mock/journal?{query}")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


# Waiting


def test_what_is_there_already_is_not_waited_for(lea: Vendor) -> None:
    lea.get(FORMATEURS)
    began = monotonic()

    assert journal_of(lea, path=FORMATEURS, wait=30)["total"] == 1
    assert monotonic() - began < 5


def test_a_wait_ends_with_the_call_that_it_is_for(application: Application) -> None:
    lea = Vendor(application).as_("lea")

    async def story() -> tuple[dict[str, Any], list[bool], float]:
        transport = ASGITransport(application)
        async with AsyncClient(
            transport=transport, base_url="http://test", headers=lea.headers
        ) as http:
            began = monotonic()
            query: dict[str, str | int] = {
                "operation": "listerFormateurs",
                "status": 200,
                "wait": 30,
            }
            waiting = asyncio.create_task(http.get("/_mock/journal", params=query))
            done = []
            for path in (SIMULATEURS, FORMATEURS):
                await asyncio.sleep(0.05)
                done.append(waiting.done())
                await http.get(path)
            answer = await waiting
            return answer.json(), done, monotonic() - began

    answer, done, seconds = asyncio.run(story())

    assert answer["total"] == 1
    assert [entry["path"] for entry in answer["entries"]] == [FORMATEURS]
    assert done == [False, False]
    assert seconds < 5


def test_a_wait_for_nothing_ends_with_nothing(lea: Vendor) -> None:
    lea.get(SIMULATEURS)
    began = monotonic()

    assert journal_of(lea, path=FORMATEURS, wait=0.2) == {"total": 0, "entries": []}
    assert 0.2 <= monotonic() - began < 5
