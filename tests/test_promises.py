"""What README and docs/ci.md say of every answer, of nothing ever, and of all."""

import re
from pathlib import Path

import pytest

from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from tests.story.process import client_of, server_process
from tests.support import CONTRATS, LIVRET, Vendor, contrat, lecon, running

ROOT = Path(__file__).parent.parent
OIDC = "/realms/formation/protocol/openid-connect"
PAGES = [
    "/", "/docs", "/swagger-ui/index.html", "/swagger-ui/swagger-ui.css", "/swagger-ui/inconnu",
    "/openapi.json", "/v3/api-docs", "/favicon.ico", "/_mock", "/_mock/docs", "/_mock/openapi.json",
    "/inconnu", "/w/inconnu/docs", "/w/principal",
    "/realms/formation/.well-known/openid-configuration",
    f"{OIDC}/certs", f"{OIDC}/auth", f"{OIDC}/logout", f"/auth{OIDC}/certs",
]  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PURGE")


def assert_bears_our_headers(vendor: Vendor, method: str, path: str, date: str) -> None:
    answer = vendor.call(method, path)

    assert answer.headers.get_list("x-rdv-mock") == ["1"], (method, path)
    assert answer.headers.get_list("date") == [date], (method, path)


def test_every_answer_bears_our_header_and_the_date_of_its_world(lea: Vendor) -> None:
    date = "Tue, 10 Mar 2026 08:00:00 GMT"
    operations = [
        (method, re.sub(r"\{.*?\}", "x", path))
        for document in ("/openapi.json", "/_mock/openapi.json")
        for path, item in lea.get(document).json()["paths"].items()
        for method in item
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    assert len(operations) > 60

    for method, path in operations:
        assert_bears_our_headers(lea, method.upper(), path, date)
    for path in PAGES:
        for method in METHODS:
            assert_bears_our_headers(lea, method, path, date)


@pytest.mark.parametrize("incident", [{"status": 502, "body": "x"}, {"malformed": True},
                                      {"error": "SERVICE_INDISPONIBLE"}])  # fmt: skip
def test_an_answer_that_an_incident_makes_bears_them_too(
    lea: Vendor, incident: dict[str, object]
) -> None:
    lea.post("/_mock/incidents", json=incident)

    assert_bears_our_headers(lea, "GET", f"{LIVRET}/formateurs", "Tue, 10 Mar 2026 08:00:00 GMT")


def test_an_answer_before_there_is_a_world_bears_our_header() -> None:
    answer = Vendor(create_application(Settings())).get("/docs")

    assert (answer.status_code, answer.headers["x-rdv-mock"]) == (503, "1")


WATCHING = """
import sys
def watch(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        sys.stderr.write(f"WENT OUT {event} {arguments[-1]!r}\\n")
sys.addaudithook(watch)
"""


def test_it_never_opens_a_connection_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCHING)

    with (
        server_process(env={"PYTHONPATH": str(tmp_path)}) as server,
        client_of(server) as client,
    ):
        token = client.post("/_mock/tokens", json={"employe": "lea"}).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        assert client.get(f"{LIVRET}/formateurs", headers=bearer).status_code == 200
        for path in ("/docs", "/openapi.json", f"{OIDC}/certs", "/_mock/journal.har"):
            assert client.get(path).status_code == 200
        assert client.post("/_mock/clock/advance", json={"by": "P30D"}).status_code == 200
        server.stop()
        went_out = [line for line in server.log if "WENT OUT" in line]

    # What is listened on is looked up once: it is an address already.
    assert [line for line in went_out if "127.0.0.1" not in line] == []
    assert [line for line in went_out if "getaddrinfo" not in line] == []


def test_a_reset_brings_all_back_but_what_was_kept(anyone: Vendor) -> None:
    state, clock = anyone.get("/_mock/state").text, anyone.get("/_mock/clock").json()
    lea = anyone.as_("lea")
    created = lea.post(CONTRATS, json=contrat())
    lea.post(f"{CONTRATS}/{created.json()['id']}/lecons", json=lecon())
    lea.post("/_mock/incidents", json={"error": "SERVICE_INDISPONIBLE"})
    lea.post("/_mock/snapshots", json={"name": "avant"})
    lea.patch("/_mock/state", json={"candidats": [{"ref": "de_plus", "nom": "A", "prenom": "B",
                                                   "numeroDossier": "012345678999"}]})  # fmt: skip
    lea.post("/_mock/clock/advance", json={"by": "P40D"})
    assert lea.get("/_mock/state").text != state

    lea.post("/_mock/reset")

    assert lea.get("/_mock/state").text == state
    assert lea.get("/_mock/clock").json() == clock
    assert lea.get("/_mock/incidents").json() == []
    assert lea.get("/_mock/journal").json()["total"] == 0
    assert [one["name"] for one in lea.get("/_mock/snapshots").json()] == ["avant"]
    again = lea.as_("lea").post(CONTRATS, json=contrat())
    assert again.json() == created.json()  # ids too


def test_a_reset_of_a_copy_brings_it_back_to_the_scenario(lea: Vendor) -> None:
    lea.post(CONTRATS, json=contrat())
    lea.post("/_mock/worlds", json={"name": "copie", "from": "principal"})
    copy = Vendor(lea.application, "/w/copie")
    kept = copy.get("/_mock/state").text

    copy.post("/_mock/reset")
    lea.post("/_mock/reset")

    assert copy.get("/_mock/state").text == lea.get("/_mock/state").text != kept


def test_what_the_har_holds_is_bounded_as_the_docs_say() -> None:
    told = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    assert all(f"RDV_MOCK_JOURNAL_{name}" in told for name in ("SIZE", "BODIES", "MEMORY")), (
        "docs/ci.md names the bounds of the journal"
    )

    with running(settings=Settings(journal_size=2)) as application:
        lea = Vendor(application).as_("lea")
        for _ in range(3):
            lea.get(f"{LIVRET}/formateurs")
        assert len(lea.get("/_mock/journal.har").json()["log"]["entries"]) == 2


def test_no_secret_of_a_call_is_in_the_state_nor_in_what_snapshots_differ_by(
    lea: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    lea.post("/_mock/snapshots", json={"name": "avant"})
    tokens = lea.post("/_mock/tokens", json={"employe": "lea"}).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    lea.get(f"/inconnu?token={tokens['access_token']}", headers=bearer)
    lea.get(f"/inconnu/{tokens['access_token']}/x")
    lea.get(f"/inconnu%3Fcode%3D{tokens['refresh_token']}")
    lea.post("/_mock/snapshots", json={"name": "apres"})

    log = "\n".join(one.getMessage() for one in caplog.records if one.name == "rdv_mock")
    told = [
        lea.get("/_mock/state").text,
        lea.get("/_mock/snapshots/avant/diff/apres").text,
        lea.get("/_mock/journal").text,
        lea.get("/_mock/journal.har").text,
        log,
    ]

    assert "/inconnu/***" in log
    for token in (tokens["access_token"], tokens["refresh_token"]):
        signature = token.rpartition(".")[2]
        assert [text for text in told if signature in text] == []
