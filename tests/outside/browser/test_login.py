"""The login page and Swagger UI in headless Chromium (Debian's packages, never a download)."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx2 import Client
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import (
    number_of_windows_to_be,
    visibility_of_element_located,
)
from selenium.webdriver.support.ui import WebDriverWait
from typing_extensions import override

from tests.outside.chromium import chromium
from tests.story.process import ServerProcess, client_of, server_process

SECONDS = 15


class Callback(BaseHTTPRequestHandler):
    """A vendor's callback: it says that the browser has come back."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>vendor</title>")

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess]:
    with server_process() as server:
        yield server


@pytest.fixture
def callback(server: ServerProcess) -> Iterator[str]:
    """The address of a vendor, registered for his client."""
    with HTTPServer(("127.0.0.1", 0), Callback) as vendor, client_of(server) as control:
        thread = Thread(target=vendor.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{vendor.server_port}/callback"
        control.post("/_mock/reset")
        register(control, address)
        yield address
        vendor.shutdown()
        thread.join()


def register(control: Client, address: str) -> None:
    clients = [{"clientId": "editeur-demo", "redirectUris": [address]}]
    assert control.patch("/_mock/state", json={"clients": clients}).status_code == 200


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[Chrome]:
    with chromium(tmp_path) as chrome:
        yield chrome


def login_address(server: ServerProcess, callback: str, **more: str) -> str:
    query = {
        "response_type": "code",
        "client_id": "editeur-demo",
        "redirect_uri": callback,
        "scope": "openid",
        "state": "xyz",
        **more,
    }
    return f"{server.url}/realms/formation/protocol/openid-connect/auth?{urlencode(query)}"


def type_and_send(chrome: Chrome, username: str, password: str) -> None:
    field = chrome.find_element(By.ID, "username")
    field.clear()
    field.send_keys(username)
    chrome.find_element(By.ID, "password").send_keys(password)
    chrome.find_element(By.ID, "kc-login").click()


def wait_for(chrome: Chrome, by: str, what: str) -> None:
    WebDriverWait(chrome, SECONDS).until(visibility_of_element_located((by, what)))


def wait_to_be_back(chrome: Chrome, callback: str) -> dict[str, list[str]]:
    WebDriverWait(chrome, SECONDS).until(lambda _: chrome.current_url.startswith(callback))
    return parse_qs(urlsplit(chrome.current_url).query)


def test_a_person_logs_in_and_is_remembered_until_he_logs_out(
    chrome: Chrome, server: ServerProcess, callback: str
) -> None:
    # A wrong password shows the page again.
    chrome.get(login_address(server, callback))
    type_and_send(chrome, "lea@plesses.test", "faux")
    wait_for(chrome, By.ID, "input-error")
    error = chrome.find_element(By.ID, "input-error").text
    assert error == "Nom d'utilisateur ou mot de passe invalide."

    # The right one brings him back to the vendor.
    type_and_send(chrome, "lea@plesses.test", "lea")
    assert wait_to_be_back(chrome, callback).keys() == {"code", "state"}

    # The second bureau silently gets the same account.
    chrome.get(login_address(server, callback, state="bureau-2"))
    assert wait_to_be_back(chrome, callback)["state"] == ["bureau-2"]

    # After a logout he is asked again, and may take an account with one click.
    chrome.get(f"{server.url}/realms/formation/protocol/openid-connect/logout")
    assert "Vous êtes déconnecté" in chrome.page_source
    chrome.get(login_address(server, callback))
    chrome.find_element(By.CSS_SELECTOR, "#rdv-mock-comptes button[name=compte]").click()
    assert "code" in wait_to_be_back(chrome, callback)


def test_who_cancels_comes_back_with_access_denied(
    chrome: Chrome, server: ServerProcess, callback: str
) -> None:
    chrome.get(login_address(server, callback))
    chrome.find_element(By.NAME, "annuler").click()

    assert wait_to_be_back(chrome, callback)["error"] == ["access_denied"]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_login_page_fits_a_phone_and_has_a_label_for_each_field(
    chrome: Chrome, server: ServerProcess, callback: str, width: int
) -> None:
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True},
    )
    chrome.get(login_address(server, callback))

    assert chrome.execute_script("return document.documentElement.scrollWidth") <= width
    for field in chrome.find_elements(By.CSS_SELECTOR, "input:not([type=hidden])"):
        assert field.accessible_name
    assert chrome.switch_to.active_element.get_attribute("id") == "username"
    assert not severe_messages(chrome)


def test_authorize_in_swagger_ui_runs_the_whole_login(
    chrome: Chrome, server: ServerProcess, callback: str
) -> None:
    assert callback
    chrome.get(f"{server.url}/docs")
    wait_for(chrome, By.CSS_SELECTOR, "button.authorize")
    chrome.find_element(By.CSS_SELECTOR, "button.authorize").click()
    wait_for(chrome, By.CSS_SELECTOR, ".auth-container")
    login = next(
        container
        for container in chrome.find_elements(By.CSS_SELECTOR, ".auth-container")
        if "authorizationCode" in container.text
    )
    login.find_element(By.LINK_TEXT, "select all").click()
    login.find_element(By.CSS_SELECTOR, "button.authorize").click()

    # The provider's page opens in a window of its own, and closes once he is logged in.
    WebDriverWait(chrome, SECONDS).until(number_of_windows_to_be(2))
    swagger, popup = chrome.window_handles
    chrome.switch_to.window(popup)
    wait_for(chrome, By.ID, "username")
    type_and_send(chrome, "lea@plesses.test", "lea")
    WebDriverWait(chrome, SECONDS).until(number_of_windows_to_be(1))
    chrome.switch_to.window(swagger)
    wait_for(chrome, By.XPATH, "//button[text()='Logout']")
    chrome.find_element(By.CSS_SELECTOR, ".btn-done").click()

    # And the API answers.
    path = "//span[@data-path='/api/v1/livret-numerique/formateurs']"
    operation = f"{path}/ancestor::div[contains(@class, 'opblock-get')]"
    chrome.find_element(By.XPATH, path).click()
    wait_for(chrome, By.XPATH, f"{operation}//button[contains(@class, 'execute')]")
    chrome.find_element(By.XPATH, f"{operation}//button[contains(@class, 'execute')]").click()
    wait_for(chrome, By.XPATH, f"{operation}//table[contains(@class, 'live-responses-table')]")
    answer = chrome.find_element(By.XPATH, operation).text
    assert "x-rdv-mock: 1" in answer
    assert "A0850001230" in answer
    assert not severe_messages(chrome)


def severe_messages(chrome: Chrome) -> list[str]:
    """What the browser's console complains of."""
    return [
        str(entry["message"])
        for entry in chrome.get_log("browser")  # type: ignore[no-untyped-call]
        if entry["level"] == "SEVERE"
    ]
