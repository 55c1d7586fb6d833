"""Deque's axe-core on every page: what a person who sees it otherwise would stumble over."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import presence_of_element_located
from selenium.webdriver.support.ui import WebDriverWait

from tests.outside.chromium import chromium
from tests.outside.strangers.conftest import HERE
from tests.story.process import ServerProcess, client_of

REALM = "/realms/formation/protocol/openid-connect"
SECONDS = 30
OF_SWAGGER_UI = {
    "color-contrast", "heading-order", "nested-interactive", "region", "select-name", "target-size",
}  # fmt: skip
"""What the vendor's bundle draws; the frame around it, its title and language are ours."""
SIZES = [(1280, 1600), (360, 800)]


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as chrome:
        yield chrome


def findings_on(chrome: Chrome) -> list[str]:
    """What axe finds on the page that is open, all its rules on, at two sizes."""
    axe = HERE / "node_modules/axe-core/axe.min.js"
    assert axe.exists(), "axe-core is missing: npm ci in tests/outside/strangers"
    found = []
    for width, height in SIZES:
        chrome.set_window_size(width, height)
        chrome.execute_script(axe.read_text(encoding="utf-8"))
        report: dict[str, Any] = chrome.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
            " 'best-practice']}).then(done, problem => done({error: `${problem}`}));"
        )
        assert "error" not in report, report
        assert len(report["passes"]) > 10, json.dumps(report)[:500]
        found += [
            f"{width}: {one['id']}: {node['html']}"
            for one in report["violations"]
            for node in one["nodes"]
        ]
    return found


def authorize(server: ServerProcess, **more: str) -> str:
    query = {
        "response_type": "code",
        "client_id": "editeur-demo",
        "redirect_uri": "http://localhost:3000/callback",
        "scope": "openid",
        **more,
    }
    return f"{server.url}{REALM}/auth?{urlencode(query)}"


def test_nothing_on_the_login_page_with_its_accounts(chrome: Chrome, server: ServerProcess) -> None:
    chrome.get(authorize(server))

    assert chrome.find_elements(By.CSS_SELECTOR, "#rdv-mock-comptes button[name=compte]")
    assert findings_on(chrome) == []


def test_nothing_on_the_login_page_after_a_wrong_password(
    chrome: Chrome, server: ServerProcess
) -> None:
    chrome.get(authorize(server))
    chrome.find_element(By.ID, "username").send_keys("lea@plesses.test")
    chrome.find_element(By.ID, "password").send_keys("faux")
    chrome.find_element(By.ID, "kc-login").click()
    WebDriverWait(chrome, SECONDS).until(presence_of_element_located((By.ID, "input-error")))

    assert findings_on(chrome) == []


def test_nothing_on_the_login_page_of_a_world_without_accounts(
    chrome: Chrome, server: ServerProcess
) -> None:
    clients = [{"clientId": "seul", "redirectUris": ["http://localhost:3000/callback"]}]
    with client_of(server) as control:
        empty = json.dumps({"title": "Vide", "clients": clients})
        yaml = {"Content-Type": "application/yaml"}
        assert control.put("/_mock/scenario", content=empty, headers=yaml).status_code == 200
        chrome.get(authorize(server, client_id="seul"))
        found = findings_on(chrome)
        assert not chrome.find_elements(By.CSS_SELECTOR, "button[name=compte]")
        control.put("/_mock/scenario", json={"name": "demonstration"})

    assert found == []


@pytest.mark.parametrize(
    "wrong", [{"client_id": "personne"}, {"redirect_uri": "http://ailleurs.test/" + "a" * 200}]
)
def test_nothing_on_the_pages_of_what_cannot_be_answered(
    chrome: Chrome, server: ServerProcess, wrong: dict[str, str]
) -> None:
    chrome.get(authorize(server, **wrong))

    assert "Connexion impossible" in chrome.title
    assert findings_on(chrome) == []


def test_nothing_on_the_page_of_who_has_logged_out(chrome: Chrome, server: ServerProcess) -> None:
    chrome.get(f"{server.url}{REALM}/logout")

    assert "déconnecté" in chrome.title
    assert findings_on(chrome) == []


@pytest.mark.parametrize("page", ["/docs", "/_mock/docs"])
def test_nothing_on_swagger_ui_but_what_is_its_own(
    chrome: Chrome, server: ServerProcess, page: str
) -> None:
    chrome.get(f"{server.url}{page}")
    loaded = presence_of_element_located((By.CSS_SELECTOR, ".swagger-ui .opblock"))
    WebDriverWait(chrome, SECONDS).until(loaded)

    assert {rule for one in findings_on(chrome) if (rule := one.split(": ")[1])} <= OF_SWAGGER_UI
