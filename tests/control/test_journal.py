import asyncio
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from itertools import chain
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx2 import ASGITransport, AsyncClient

from rdv_mock import __version__
from rdv_mock.serving.app import Application
from rdv_mock.settings import Settings
from tests.support import CONTRATS, LIVRET, SMALL, Vendor, contrat, lecon, refusal_of, running

FORMATEURS = f"{LIVRET}/formateurs"
SIMULATEURS = f"{LIVRET}/simulateurs"
REALM = "/realms/formation"
OIDC = f"{REALM}/protocol/openid-connect"
CALLBACK = "http://localhost:3000/callback"
CLIENT = {"client_id": "editeur-demo", "client_secret": "secret-demo-rdv-mock"}
LARGEST = 16 * 1024
REAL = datetime(2026, 9, 1, 10, 0, 30, 250_000, tzinfo=UTC)


def journal_of(vendor: Vendor, **query: str | int | float) -> dict[str, Any]:
    answer = vendor.get("/_mock/journal", params=query)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def entries_of(vendor: Vendor, **query: str | int | float) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = journal_of(vendor, **query)["entries"]
    return entries


def paths_of(vendor: Vendor, **query: str | int | float) -> list[str]:
    return [entry["path"] for entry in entries_of(vendor, **query)]


def last_of(vendor: Vendor) -> dict[str, Any]:
    return entries_of(vendor)[0]


# What is in it


def test_calls_of_the_apis_and_of_the_provider_are_in_it_newest_first(lea: Vendor) -> None:
    calls = [
        ("GET", FORMATEURS),
        ("GET", "/api/v2/auto-ecole/moi"),
        ("GET", "/api/v1/auto-ecole/moi"),
        ("GET", f"{OIDC}/certs"),
        ("POST", f"/auth{OIDC}/token"),
        ("GET", f"{REALM}/.well-known/openid-configuration"),
        ("DELETE", FORMATEURS),
        ("GET", "/inconnu"),
        ("PATCH", "/docsx"),
        ("GET", "/_mockx"),
    ]

    for method, path in calls:
        lea.call(method, path)

    found = journal_of(lea)
    assert found["total"] == len(calls)
    assert [(one["method"], one["path"]) for one in found["entries"]] == calls[::-1]


@pytest.mark.parametrize(
    "path",
    ["/", "/docs", "/swagger-ui/index.html", "/swagger-ui/swagger-ui.css", "/openapi.json",
     "/v3/api-docs", "/favicon.ico", "/_mock", "/_mock/docs", "/_mock/health", "/_mock/clock",
     "/_mock/inconnu", "/_mock/journal"],
)  # fmt: skip
def test_neither_pages_nor_the_control_plane_are_in_it(anyone: Vendor, path: str) -> None:
    anyone.get(path)

    assert journal_of(anyone) == {"total": 0, "entries": []}


def test_an_entry_tells_all_of_a_call() -> None:
    with running(real=lambda: REAL) as application:
        lea = Vendor(application).as_("lea")
        answer = lea.get(f"{LIVRET}/etp?mois=2026-03&groupe-permis=B", headers={"X-Essai": "1"})

        entry, lea_id, plesses_id = last_of(lea), lea.id_of("lea"), lea.id_of("plesses")

    request, response = entry.pop("request"), entry.pop("response")
    assert entry.pop("durationMs") > 0
    assert entry == {
        "at": "2026-03-10T08:00:00Z",
        "atParis": "2026-03-10T09:00:00+01:00",
        "realAt": "2026-09-01T10:00:30Z",
        "realAtParis": "2026-09-01T12:00:30+02:00",
        "method": "GET",
        "path": f"{LIVRET}/etp",
        "operation": "lireEtp",
        "employe": lea_id,
        "employeRef": "lea",
        "employeNom": "Léane Durant",
        "autoEcole": plesses_id,
        "autoEcoleRef": "plesses",
        "autoEcoleNom": "Auto-École des Plesses",
        "status": 200,
        "code": None,
        "incident": None,
    }
    assert request["query"] == "mois=2026-03&groupe-permis=B"
    assert request["headers"]["host"] == "testserver"
    assert request["headers"]["x-essai"] == "1"
    assert request["body"] == ""
    assert set(response) == {"headers", "body"}
    assert set(request) == {"query", "headers", "body"}
    assert response["headers"] == dict(answer.headers)
    assert response["body"] == answer.text


def test_a_write_is_there_with_both_bodies(lea: Vendor) -> None:
    answer = lea.post(f"{CONTRATS}/{lea.id_of('k1')}/lecons", json=lecon())

    entry = last_of(lea)

    assert (entry["operation"], entry["status"]) == ("declarerLecon", 201)
    assert entry["request"]["body"] == answer.request.content.decode()
    assert entry["request"]["headers"]["content-type"] == "application/json"
    assert entry["response"]["body"] == answer.text
    assert entry["response"]["headers"]["location"] == answer.headers["location"]


@pytest.mark.parametrize(
    ("method", "path", "operation", "status", "code"),
    [
        ("POST", CONTRATS, "creerContratDeFormation", 401, "JETON_INVALIDE"),
        ("POST", "/inconnu", None, 404, "RESSOURCE_INCONNUE"),
        ("POST", FORMATEURS, None, 405, "METHODE_NON_AUTORISEE"),
    ],
)
def test_a_refusal_is_there_with_its_code_and_what_was_sent(
    anyone: Vendor, method: str, path: str, operation: str | None, status: int, code: str
) -> None:
    anyone.call(method, path, json={"essai": 1})

    entry = last_of(anyone)

    assert entry["employe"] is None
    assert (entry["operation"], entry["status"], entry["code"]) == (operation, status, code)
    assert entry["request"]["body"] == '{"essai":1}'


def test_the_employe_is_known_by_his_token_even_where_he_is_refused(lea: Vendor) -> None:
    lea.post(CONTRATS, json={})

    entry = last_of(lea)

    assert (entry["employe"], entry["code"]) == (lea.id_of("lea"), "PARAMETRE_INVALIDE")


def test_a_call_that_was_struck_names_its_incident_and_keeps_what_was_sent(lea: Vendor) -> None:
    incident = lea.post("/_mock/incidents", json={"error": "SERVICE_INDISPONIBLE"}).json()["id"]

    lea.post(CONTRATS, json={"essai": 1})

    entry = last_of(lea)
    assert (entry["incident"], entry["status"]) == (incident, 503)
    assert entry["code"] == "SERVICE_INDISPONIBLE"
    assert entry["employe"] == lea.id_of("lea")
    assert entry["request"]["body"] == '{"essai":1}'


def test_a_malformed_answer_is_there_as_it_was_sent(lea: Vendor) -> None:
    lea.post("/_mock/incidents", json={"malformed": True})

    answer = lea.get(FORMATEURS)

    assert last_of(lea)["response"]["body"] == answer.text
    assert last_of(lea)["durationMs"] > 0


def test_a_crash_is_there_as_an_internal_error(
    lea: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("rdv_mock.store.store.Store.event_writes")

    answer = lea.get(FORMATEURS)
    monkeypatch.undo()

    assert refusal_of(answer) == (500, "ERREUR_INTERNE")
    assert (last_of(lea)["status"], last_of(lea)["code"]) == (500, "ERREUR_INTERNE")


def test_the_instant_is_that_of_the_world(lea: Vendor) -> None:
    lea.post("/_mock/clock/advance", json={"by": "P1DT2H"})

    lea.get(FORMATEURS)

    assert last_of(lea)["at"] == "2026-03-11T10:00:00Z"


@pytest.fixture
def sparing() -> Iterator[Vendor]:
    """Léa, in a server that keeps 16 KiB of a body."""
    with running(settings=Settings(journal_bodies=LARGEST)) as application:
        yield Vendor(application).as_("lea")


def test_bodies_are_kept_up_to_the_bound_and_a_cut_is_said(sparing: Vendor) -> None:
    for length in (LARGEST, LARGEST + 1, 3 * LARGEST):
        sparing.post(CONTRATS, content=b"a" * length, headers={"Content-Type": "application/json"})
        request = last_of(sparing)["request"]
        assert request["body"] == "a" * LARGEST
        cut = {"tronque": True, "taille": length} if length > LARGEST else {}
        assert {key: request[key] for key in ("tronque", "taille") if key in request} == cut

    sparing.post("/_mock/incidents", json={"body": "b" * (LARGEST + 1), "times": 1})
    assert len(sparing.get(FORMATEURS).content) == LARGEST + 1
    response = last_of(sparing)["response"]
    assert response["body"] == "b" * LARGEST
    assert (response["taille"], response["tronque"]) == (LARGEST + 1, True)


def test_a_mebibyte_of_a_body_is_kept_unless_the_settings_say_otherwise(lea: Vendor) -> None:
    mebibyte = 1024 * 1024
    lea.post("/_mock/incidents", json={"body": "b" * (mebibyte // 2), "times": 1})

    lea.get(FORMATEURS)
    lea.post(CONTRATS, content=b"a" * mebibyte, headers={"Content-Type": "application/json"})

    sent, received = entries_of(lea)
    assert received["response"]["body"] == "b" * (mebibyte // 2)
    assert sent["request"]["body"] == "a" * mebibyte
    assert "tronque" not in received["response"]
    assert "tronque" not in sent["request"]


def test_a_body_that_nobody_waited_for_has_its_size_all_the_same(sparing: Vendor) -> None:
    sparing.post("/inconnu", content=b"a" * (4 * LARGEST))

    request = last_of(sparing)["request"]

    assert (request["taille"], request["tronque"]) == (4 * LARGEST, True)


def test_as_much_is_kept_of_a_head_as_of_a_body(sparing: Vendor) -> None:
    sparing.get(f"{FORMATEURS}?a={'q' * 2_000}", headers={"X-Long": "h" * (2 * LARGEST)})

    request = last_of(sparing)["request"]

    assert request["query"] == f"a={'q' * 2_000}"
    kept = len(request["query"]) + sum(map(len, chain(*request["headers"].items())))
    assert LARGEST - 2_000 < kept <= LARGEST  # a token that was cut is masked
    assert (request["taille"], request["tronque"]) == (0, True)

    sparing.get(f"{FORMATEURS}?{'q' * (2 * LARGEST)}")
    assert last_of(sparing)["request"]["query"] == "q" * LARGEST
    assert last_of(sparing)["request"]["headers"] == {}


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"\xff\xfe\x00\x80", "\u8000"),  # UTF-16
        (b"\x89\xfe\x00\x80", "\ufffd\ufffd\x00\ufffd"),
        (b"\x00" * 10, "\x00" * 10),
        ("é".encode("latin-1"), "\ufffd"),
    ],
)
def test_a_body_that_is_no_text_does_no_harm(lea: Vendor, body: bytes, shown: str) -> None:
    lea.post(CONTRATS, content=body, headers={"Content-Type": "application/octet-stream"})

    assert last_of(lea)["request"]["body"] == shown
    assert lea.get("/_mock/journal.har").status_code == 200


def test_a_body_that_is_cut_within_a_letter_does_no_harm(sparing: Vendor) -> None:
    sparing.post(CONTRATS, content=b"a" + "é".encode() * LARGEST)

    assert last_of(sparing)["request"]["body"] == "a" + "é" * (LARGEST // 2 - 1) + "\ufffd"


def test_of_a_body_that_comes_in_many_pieces_the_beginning_is_kept(sparing: Vendor) -> None:
    def pieces() -> Iterator[bytes]:
        for n in range(2_000):
            yield str(n % 10).encode() * 10

    sparing.post(CONTRATS, content=pieces())

    whole = b"".join(pieces())
    request = last_of(sparing)["request"]
    assert request["body"].encode() == whole[:LARGEST]
    assert (request["taille"], request["tronque"]) == (len(whole), True)


def test_what_is_dropped_and_what_is_emptied_gives_its_memory_back() -> None:
    with running(settings=Settings(journal_memory=4 * LARGEST)) as application:
        lea, memory = Vendor(application).as_("lea"), application.server.journals

        def fill(vendor: Vendor) -> None:
            vendor.post(CONTRATS, content=b"a" * LARGEST)
            assert memory.held > LARGEST

        for name in ("autre", "encore"):
            lea.post("/_mock/worlds", json={"name": name})
            fill(Vendor(application, f"/w/{name}"))
            lea.delete(f"/_mock/worlds/{name}")
            assert memory.held == 0
        for call in (
            ("DELETE", "/_mock/journal"),
            ("POST", "/_mock/reset"),
            ("POST", "/_mock/reset?scope=journal"),
        ):
            fill(lea)
            lea.call(*call)
            assert memory.held == 0


def test_the_oldest_bodies_of_the_fullest_world_go_first() -> None:
    with running(settings=Settings(journal_memory=4 * LARGEST)) as application:
        lea = Vendor(application)
        lea.post("/_mock/worlds", json={"name": "autre"})
        elsewhere = Vendor(application, "/w/autre")
        elsewhere.post(CONTRATS, content=b"b" * LARGEST)

        for letter in b"cde":
            lea.post(CONTRATS, content=bytes([letter]) * LARGEST)

        kept = [(entry["request"]["body"][:1], entry["path"]) for entry in entries_of(lea)]
        assert kept == [("e", CONTRATS), ("d", CONTRATS), ("", CONTRATS)]
        oldest = entries_of(lea)[2]
        assert (oldest["request"]["taille"], oldest["request"]["tronque"]) == (LARGEST, True)
        assert oldest["request"]["headers"]["content-length"] == str(LARGEST)
        assert (oldest["status"], oldest["code"]) == (401, "JETON_INVALIDE")
        assert last_of(elsewhere)["request"]["body"] == "b" * LARGEST
        cut, *_ = lea.get("/_mock/journal.har").json()["log"]["entries"]
        comment = f"cut: 0 of {LARGEST} bytes of the body were kept"
        assert cut["request"]["comment"] == cut["request"]["postData"]["comment"] == comment
        assert cut["request"]["bodySize"] == LARGEST


def test_a_path_is_there_without_its_world(application: Application) -> None:
    lea = Vendor(application, "/w/principal").as_("lea")

    lea.get(FORMATEURS)
    lea.get("/inconnu")

    assert paths_of(lea) == ["/inconnu", FORMATEURS]


def test_a_livret_that_stands_elsewhere_is_there_as_it_was_called() -> None:
    with running(settings=Settings(livret_base_path="/livret/v3")) as application:
        lea = Vendor(application).as_("lea")
        lea.get("/livret/v3/formateurs")

        assert paths_of(lea, path="/livret/*") == ["/livret/v3/formateurs"]


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


@pytest.fixture
def busy(lea: Vendor) -> Vendor:
    """A world where a few calls were made."""
    lea.get(FORMATEURS)
    lea.as_("max").get(SIMULATEURS)
    lea.post(CONTRATS, json=contrat())
    lea.post(CONTRATS, json=contrat())
    Vendor(lea.application).get(FORMATEURS)
    lea.get("/inconnu")
    return lea


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


# HAR


def test_it_can_be_exported_as_har_oldest_first() -> None:
    with running(real=lambda: REAL) as application:
        lea = Vendor(application).as_("lea")
        lea.get(f"{LIVRET}/etp?mois=2026-03&groupe-permis=B")
        lea.post(f"{CONTRATS}/{lea.id_of('k1')}/lecons", json=lecon())
        lea.get("/inconnu/é è?a=%20b&c")

        answer = lea.get("/_mock/journal.har")
        shown = entries_of(lea)

    assert answer.headers["content-type"] == "application/json"
    log = answer.json()["log"]
    assert log["version"] == "1.2"
    assert log["creator"] == {"name": "rdv-mock", "version": __version__}
    read, written, unknown = log["entries"]
    assert read["request"]["method"] == "GET"
    assert read["request"]["url"] == (f"http://testserver{LIVRET}/etp?mois=2026-03&groupe-permis=B")
    assert read["request"]["queryString"] == [
        {"name": "mois", "value": "2026-03"},
        {"name": "groupe-permis", "value": "B"},
    ]
    assert read["response"]["status"] == 200
    assert read["response"]["content"]["text"] == shown[2]["response"]["body"]
    assert read["response"]["content"]["mimeType"] == "application/json"
    assert written["request"]["postData"]["text"] == shown[1]["request"]["body"]
    assert written["request"]["postData"]["mimeType"] == "application/json"
    assert written["response"]["redirectURL"] == shown[1]["response"]["headers"]["location"]
    assert written["request"]["bodySize"] == int(shown[1]["request"]["headers"]["content-length"])
    assert written["response"]["content"]["size"] == len(shown[1]["response"]["body"].encode())
    assert "postData" not in read["request"]
    assert unknown["request"]["url"] == "http://testserver/inconnu/%C3%A9%20%C3%A8?a=%20b&c"


def test_every_entry_of_the_har_has_what_its_readers_ask_for(busy: Vendor) -> None:
    entries = busy.get("/_mock/journal.har").json()["log"]["entries"]

    assert len(entries) == 6
    for entry in entries:
        began = datetime.fromisoformat(entry["startedDateTime"])
        assert began.tzinfo is not None
        assert re.search(r"\.\d{3}\+00:00$", entry["startedDateTime"])
        assert entry["time"] == sum(entry["timings"].values())
        assert set(entry["timings"]) == {"send", "wait", "receive"}
        assert entry["cache"] == {}
        for message, keys in (
            ("request", {"method", "url", "queryString"}),
            ("response", {"status", "statusText", "content", "redirectURL"}),
        ):
            common = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
            assert set(entry[message]) - {"postData"} == keys | common
            assert all(set(header) == {"name", "value"} for header in entry[message]["headers"])
        assert urlsplit(entry["request"]["url"]).netloc == "testserver"


def test_the_har_of_a_large_body_has_all_of_it_and_its_size(lea: Vendor) -> None:
    large = "é" * 300_000
    lea.post("/_mock/incidents", json={"body": large, "times": 1})
    lea.post(CONTRATS, json={"essai": large})

    (entry,) = lea.get("/_mock/journal.har").json()["log"]["entries"]

    assert entry["request"]["bodySize"] == len(entry["request"]["postData"]["text"].encode())
    assert entry["response"]["bodySize"] == entry["response"]["content"]["size"] == 600_000
    assert entry["response"]["content"]["text"] == large
    assert "comment" not in entry["request"]
    assert "comment" not in entry["response"]


def test_the_har_says_where_a_body_was_cut(sparing: Vendor) -> None:
    sparing.post(CONTRATS, content=b"a" * (3 * LARGEST))
    sparing.post("/_mock/incidents", json={"body": "b" * (2 * LARGEST), "times": 1})
    sparing.get(FORMATEURS)

    first, second = sparing.get("/_mock/journal.har").json()["log"]["entries"]

    sent, received = first["request"], second["response"]
    assert (sent["bodySize"], len(sent["postData"]["text"])) == (3 * LARGEST, LARGEST)
    assert (received["bodySize"], received["content"]["size"]) == (2 * LARGEST, 2 * LARGEST)
    assert len(received["content"]["text"]) == LARGEST
    comment = f"cut: {LARGEST} of {3 * LARGEST} bytes of the body were kept"
    assert sent["comment"] == sent["postData"]["comment"] == comment
    comment = f"cut: {LARGEST} of {2 * LARGEST} bytes of the body were kept"
    assert received["comment"] == received["content"]["comment"] == comment


def test_a_body_that_is_no_text_is_in_the_har_in_base64(lea: Vendor) -> None:
    picture = b"\x89PNG\r\n\x1a\n\x00\xff"
    lea.post(CONTRATS, content=picture, headers={"Content-Type": "image/png"})

    (entry,) = lea.get("/_mock/journal.har").json()["log"]["entries"]

    posted = entry["request"]["postData"]
    assert (posted["mimeType"], posted["_encoding"]) == ("image/png", "base64")
    assert b64decode(posted["text"]) == picture
    assert entry["request"]["bodySize"] == len(picture)


def test_a_secret_among_bytes_that_are_no_text_is_not_hidden_in_base64(lea: Vendor) -> None:
    lea.post(CONTRATS, content=b"\xff\x00&password=secret-s\n\xff")

    (entry,) = lea.get("/_mock/journal.har").json()["log"]["entries"]

    assert entry["request"]["postData"]["text"] == "\ufffd\x00&password=***\n\ufffd"
    assert "_encoding" not in entry["request"]["postData"]


def test_the_har_of_a_world_names_its_addresses(lea: Vendor) -> None:
    lea.post("/_mock/worlds", json={"name": "autre"})
    elsewhere = Vendor(lea.application, "/w/autre")
    elsewhere.get(FORMATEURS)

    (entry,) = elsewhere.get("/_mock/journal.har").json()["log"]["entries"]

    assert entry["request"]["url"] == f"http://testserver/w/autre{FORMATEURS}"


def test_the_har_of_nothing_is_a_har(anyone: Vendor) -> None:
    assert anyone.get("/_mock/journal.har").json()["log"]["entries"] == []


# Secrets


class Spy(Vendor):
    """A vendor's user who remembers every secret that went by."""

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self.secrets: set[str] = set()

    def keep(self, *secrets: str) -> str:
        """Remember secrets; the first of them."""
        assert all(len(secret) >= 8 for secret in secrets)
        self.secrets.update(secrets)
        return secrets[0]

    def told(self) -> str:
        """All that the journal tells, in both its forms."""
        return self.get("/_mock/journal?limit=1000").text + self.get("/_mock/journal.har").text

    def authorize(self, **more: str) -> str:
        """Where an authorization request goes."""
        query = {
            "response_type": "code",
            "client_id": "editeur-demo",
            "redirect_uri": CALLBACK,
            "scope": "openid livret_numerique:read",
            "state": "visible-state",
            **more,
        }
        return f"{OIDC}/auth?{urlencode(query)}"

    def tokens(self, **form: str) -> dict[str, str]:
        """Tokens from the provider, which are secrets."""
        answer = self.post(f"{OIDC}/token", data=form)
        assert answer.status_code == 200, answer.text
        content: dict[str, str] = answer.json()
        self.keep(*(content[name] for name in content if name.endswith("_token")))
        return content


PASSWORD = "m0t de passe & + % é"
PRIVATE = SMALL.replace(
    "email: lea@plesses.test}", f'email: lea@plesses.test, motDePasse: "{PASSWORD}"}}'
)


def test_of_a_whole_login_no_secret_is_told() -> None:
    with running(PRIVATE) as application:
        spy = Spy(application)
        spy.keep(CLIENT["client_secret"])
        verifier = spy.keep("verifier-" + "v" * 40)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")

        page = spy.get(
            spy.authorize(code_challenge=challenge, code_challenge_method="S256", nonce="visible-n")
        )
        (action,) = set(re.findall(r'action="([^"]+)"', page.text))
        form = {"username": "lea@plesses.test", "password": PASSWORD, "rememberMe": "on"}
        spy.keep(PASSWORD, *parse_qs(urlencode(form))["password"], urlencode({"p": PASSWORD})[2:])
        home = spy.post(unescape(action), data=form)
        code = spy.keep(parse_qs(urlsplit(home.headers["location"]).query)["code"][0])
        cookie = home.headers.get_list("set-cookie")[0]
        spy.keep(cookie.partition("=")[2].partition(";")[0])
        again = spy.get(spy.authorize(), headers={"Cookie": cookie.partition(";")[0]})
        spy.keep(parse_qs(urlsplit(again.headers["location"]).query)["code"][0])

        exchange = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
        }
        first = spy.tokens(**exchange, **CLIENT)
        basic = b64encode(b"editeur-demo:secret-demo-rdv-mock").decode()
        spy.keep(basic)
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        answer = spy.post(
            f"{OIDC}/token", data=refresh, headers={"Authorization": f"Basic {basic}"}
        )
        second = answer.json()
        spy.keep(second["access_token"], second["refresh_token"])

        bearer = {"Authorization": f"Bearer {second['access_token']}"}
        assert spy.get(FORMATEURS, headers=bearer).status_code == 200
        assert spy.get(f"{OIDC}/userinfo", headers=bearer).status_code == 200
        for endpoint in ("token/introspect", "revoke", "logout"):
            for name in ("token", "refresh_token"):
                spy.post(f"{OIDC}/{endpoint}", data={name: second["refresh_token"], **CLIENT})
        spy.get(spy.authorize(id_token_hint=first["id_token"], prompt="login"))
        spy.get(
            f"{OIDC}/logout?"
            + urlencode({"id_token_hint": first["id_token"], "post_logout_redirect_uri": CALLBACK})
        )
        # What goes wrong tells nothing either.
        spy.post(f"{OIDC}/token", json={**exchange, **CLIENT})
        spy.post(f"{OIDC}/token", content=urlencode({**CLIENT, **exchange}))
        spy.post(f"{OIDC}/token", content=urlencode({**CLIENT}).replace("_", "%5F"), headers=FORM)
        spy.post(f"{OIDC}/token", content=f"password={PASSWORD}".encode(), headers=FORM)
        spy.get(f"/inconnu?code={code}&access_token={second['access_token']}")
        spy.get("/inconnu", headers={"Referer": f"{CALLBACK}?state=1&code={code}"})
        spy.post("/_mock/incidents", json={"operation": "jeton", "malformed": True, "times": 1})
        cut = spy.post(f"{OIDC}/token", data={**refresh, **CLIENT})
        assert cut.status_code == 400

        told = spy.told()

        assert len(spy.secrets) >= 13
        assert [secret for secret in spy.secrets if secret in told] == []
        for visible in ("visible-state", "visible-n", "editeur-demo", "lea%40plesses.test", "***"):
            assert visible in told


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_tokens_that_are_cut_in_half_are_not_told(lea: Vendor) -> None:
    lea.post("/_mock/incidents", json={"operation": "jeton", "malformed": True})
    old = lea.post("/_mock/tokens", json={"employe": "lea"}).json()["refresh_token"]

    answer = lea.post(
        f"{OIDC}/token", data={"grant_type": "refresh_token", "refresh_token": old, **CLIENT}
    )

    access_token = answer.text.split('"')[3]
    assert len(access_token) > 100
    assert access_token[:20] not in lea.get("/_mock/journal").text
    assert last_of(lea)["response"]["body"].startswith('{"access_token":"***"')


@pytest.mark.parametrize("name", ["client_secret", "refresh_token", "code", "password"])
def test_a_secret_that_the_cut_runs_through_is_not_told(sparing: Vendor, name: str) -> None:
    sparing.post(f"{OIDC}/token", content="a=" + "b" * (LARGEST - 20 - len(name))
             + f"&{name}=" + "secret-" * 10, headers=FORM)  # fmt: skip

    body = last_of(sparing)["request"]["body"]

    assert body.endswith(f"&{name}=***")
    assert "secret-" not in body


def test_what_is_masked_keeps_the_shape_of_the_call(lea: Vendor) -> None:
    lea.get(FORMATEURS, headers={"Cookie": "a=b"})

    headers = last_of(lea)["request"]["headers"]

    assert headers["authorization"] == "Bearer ***"
    assert headers["cookie"] == "***"


@pytest.mark.parametrize(
    ("query", "champ", "hint"),
    [
        ("operation=declarerLecons", "operation", "« declarerLecon » ?"),
        ("limt=2", "limt", "« limit » ?"),
    ],
)
def test_a_slip_of_the_pen_does_not_look_like_an_empty_journal(
    lea: Vendor, query: str, champ: str, hint: str
) -> None:
    answer = lea.get(f"/_mock/journal?{query}")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    (detail,) = answer.json()["details"]
    assert detail["champ"] == champ
    assert detail["message"].endswith(hint)


def test_a_misspelt_reset_resets_nothing(lea: Vendor) -> None:
    assert refusal_of(lea.post("/_mock/reset?scop=journal")) == (400, "PARAMETRE_INVALIDE")
    assert lea.get(f"{LIVRET}/formateurs").status_code == 200
