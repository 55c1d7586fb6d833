import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from typing_extensions import override

from rdv_mock import __version__
from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from tests.support import CONTRATS, Vendor, refusal_of, running

PAGES = ["/docs", "/swagger-ui/index.html"]
DOCUMENTS = ["/openapi.json", "/v3/api-docs"]
TYPES = {"js": "text/javascript", "css": "text/css", "png": "image/png"}


@pytest.fixture
def early() -> Iterator[Vendor]:
    """Somebody who calls while the scenario is being loaded."""
    application = create_application(Settings(scenario="grand.yaml"))
    yield Vendor(application)
    application.close()


class Links(HTMLParser):
    """The addresses that a page makes a browser ask for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if name in {"src", "href"} and value]


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_who_comes_without_a_path_is_shown_the_documentation(anyone: Vendor, prefix: str) -> None:
    answer = anyone.get(f"{prefix}/")

    assert (answer.status_code, answer.headers["location"]) == (307, f"{prefix}/docs")
    assert anyone.get(answer.headers["location"]).status_code == 200


def test_the_address_of_a_world_needs_no_slash(anyone: Vendor) -> None:
    assert anyone.get("/w/principal").headers["location"] == "/w/principal/docs"


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_swagger_ui_is_the_same_page_at_both_addresses(anyone: Vendor, prefix: str) -> None:
    pages = [anyone.get(prefix + path) for path in PAGES]

    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].content == pages[1].content
    assert pages[0].headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="fr">' in pages[0].text


def test_the_page_says_that_this_is_a_simulator(anyone: Vendor) -> None:
    title = re.search("<title>(.*)</title>", anyone.get("/docs").text)

    assert title
    assert "simulateur" in title[1].lower()


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_everything_that_the_page_names_is_served_here(anyone: Vendor, prefix: str) -> None:
    addresses = Links(anyone.get(f"{prefix}/docs").text).addresses

    assert len(addresses) == 4
    for address in addresses:
        answer = anyone.get(address)
        assert address.startswith(f"{prefix}/swagger-ui/")
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == TYPES[address.rpartition(".")[2]]
        assert answer.content


@pytest.mark.parametrize("path", ["/docs", "/swagger-ui/initializer.js"])
def test_no_other_host_is_named(anyone: Vendor, path: str) -> None:
    assert "//" not in anyone.get(path).text


def test_the_browser_is_told_to_ask_no_other_host(anyone: Vendor) -> None:
    policy = anyone.get("/docs").headers["content-security-policy"]

    directives = {name: set(sources) for name, *sources in map(str.split, policy.split(";"))}
    assert directives["default-src"] == {"'self'"}
    allowed = {"'self'", "'none'", "'unsafe-inline'", "data:"}
    assert set[str]().union(*directives.values()) <= allowed


def test_the_page_asks_for_a_login_each_time_and_forgets_the_code_of_the_last(
    anyone: Vendor,
) -> None:
    page = anyone.get("/swagger-ui/oauth2-redirect.html").text

    assert '{ prompt: "login" }' in anyone.get("/swagger-ui/initializer.js").text
    forgets, runs = page.index("delete window.opener"), page.index("function run ()")
    assert forgets < runs


def test_the_initializer_reads_the_document_of_its_own_world(anyone: Vendor) -> None:
    initializer = anyone.get("/w/principal/swagger-ui/initializer.js").text

    assert 'new URL("../openapi.json", document.currentScript.src)' in initializer
    assert "validatorUrl: null" in initializer


@pytest.mark.parametrize(
    "name", ["inconnu.js", "swagger-ui.js", "index.css", "..%2Finitializer.js", "%00"]
)
def test_no_other_file_is_served(anyone: Vendor, name: str) -> None:
    assert refusal_of(anyone.get(f"/swagger-ui/{name}")) == (404, "RESSOURCE_INCONNUE")


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_the_document_has_the_same_bytes_at_both_addresses(anyone: Vendor, prefix: str) -> None:
    documents = [anyone.get(prefix + path) for path in DOCUMENTS]

    assert documents[0].content == documents[1].content
    assert documents[0].headers["content-type"] == "application/json"
    assert documents[0].json()["openapi"].startswith("3.1.")
    assert documents[0].json()["servers"][0]["url"] == f"http://testserver{prefix}"


@pytest.mark.parametrize("path", ["/", *PAGES, *DOCUMENTS, "/_mock/health", "/_mock/ready"])
def test_a_page_can_only_be_read(anyone: Vendor, path: str) -> None:
    answer = anyone.post(path, json={})

    assert refusal_of(answer) == (405, "METHODE_NON_AUTORISEE")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/_mock/health", "/_mock/ready"])
def test_a_server_with_a_scenario_is_healthy_and_ready(anyone: Vendor, path: str) -> None:
    answer = anyone.get(path)

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": __version__, "scenario": "test"}


@pytest.mark.parametrize("path", ["/_mock/health", "/_mock/ready"])
def test_health_needs_no_admin_token(path: str) -> None:
    with running(settings=Settings(admin_token="cle")) as application:
        assert Vendor(application).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/_mock/health", "/_mock/ready"])
def test_health_is_that_of_the_process_and_not_of_a_world(anyone: Vendor, path: str) -> None:
    assert refusal_of(anyone.get(f"/w/principal{path}")) == (404, "RESSOURCE_INCONNUE")


@pytest.mark.parametrize(
    ("path", "status_code", "status"),
    [("/_mock/health", 200, "ok"), ("/_mock/ready", 503, "loading")],
)
def test_a_server_without_a_scenario_is_healthy_but_not_ready(
    early: Vendor, path: str, status_code: int, status: str
) -> None:
    answer = early.get(path)

    assert answer.status_code == status_code
    assert answer.json() == {"status": status, "version": __version__, "scenario": "grand.yaml"}
    assert answer.headers["x-rdv-mock"] == "1"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        *PAGES,
        *DOCUMENTS,
        "/swagger-ui/swagger-ui.css",
        "/_mock/clock",
        "/_mock/scenarios",
        "/w/principal/_mock/ready",
        "/w/inconnu/docs",
        CONTRATS,
        "/inconnu",
    ],
)
def test_every_other_call_waits_for_the_scenario(early: Vendor, path: str) -> None:
    assert refusal_of(early.get(path)) == (503, "SERVICE_INDISPONIBLE")
    assert refusal_of(early.post(path, json={})) == (503, "SERVICE_INDISPONIBLE")


def test_a_server_is_ready_once_its_scenario_is_loaded() -> None:
    application = create_application()
    anyone = Vendor(application)
    before = anyone.get("/_mock/ready").status_code

    application.load()

    after = anyone.get("/_mock/ready")
    assert (before, after.status_code) == (503, 200)
    assert after.json()["scenario"] == "demonstration"
    application.close()
