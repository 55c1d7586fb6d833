from collections.abc import Iterator
from itertools import chain

import pytest

from rdv_mock.serving.app import Application
from rdv_mock.settings import Settings
from tests.control.journal.support import (
    FORMATEURS,
    LARGEST,
    OIDC,
    REAL,
    REALM,
    entries_of,
    journal_of,
    last_of,
    paths_of,
)
from tests.support import CONTRATS, LIVRET, Vendor, lecon, refusal_of, running


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
