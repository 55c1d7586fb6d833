"""The login page and Swagger UI in headless Chromium (Debian's packages, never a download)."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic, sleep
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx2 import Client
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import number_of_windows_to_be
from selenium.webdriver.support.ui import WebDriverWait
from typing_extensions import override

from tests.outside.browser.conftest import SECONDS, severe_messages, wait_for
from tests.story.process import ServerProcess, client_of


class Callback(BaseHTTPRequestHandler):
    """A vendor's callback: it says that the browser has come back."""

    posted: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>vendor</title>")

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def callback(server: ServerProcess) -> Iterator[str]:
    """The address of a vendor, registered for his client."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Callback) as vendor, client_of(server) as control:
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
    back = wait_to_be_back(chrome, callback)
    assert back.keys() == {"code", "state", "session_state", "iss"}

    # The second bureau silently gets the same account.
    chrome.get(login_address(server, callback, state="bureau-2"))
    assert wait_to_be_back(chrome, callback)["state"] == ["bureau-2"]

    # After a logout he is asked again, and may take an account with one click.
    chrome.get(f"{server.url}/realms/formation/protocol/openid-connect/logout")
    assert "Vous êtes déconnecté" in chrome.page_source
    chrome.get(login_address(server, callback))
    chrome.find_element(By.CSS_SELECTOR, "#rdv-mock-comptes button[name=compte]").click()
    assert "code" in wait_to_be_back(chrome, callback)


def test_an_answer_that_is_a_form_sends_itself(
    chrome: Chrome, server: ServerProcess, callback: str
) -> None:
    Callback.posted.clear()
    chrome.get(login_address(server, callback, response_mode="form_post"))
    type_and_send(chrome, "lea@plesses.test", "lea")

    assert wait_to_be_back(chrome, callback) == {}
    (form,) = Callback.posted
    assert parse_qs(form).keys() == {"code", "state", "session_state", "iss"}
    assert not severe_messages(chrome)


def test_without_javascript_it_is_sent_by_its_button(
    chrome: Chrome, server: ServerProcess, callback: str
) -> None:
    Callback.posted.clear()
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    chrome.get(login_address(server, callback, response_mode="form_post"))
    type_and_send(chrome, "lea@plesses.test", "lea")
    wait_for(chrome, By.XPATH, "//button[text()='Continuer']")
    assert not Callback.posted
    chrome.find_element(By.XPATH, "//button[text()='Continuer']").click()

    wait_to_be_back(chrome, callback)
    (form,) = Callback.posted
    assert "code" in parse_qs(form)


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
    authorize(chrome)
    log_in_from_swagger(chrome, "lea@plesses.test", "lea")
    close_dialog(chrome)

    execute(chrome, "/api/v1/livret-numerique/formateurs")

    answer = answer_to(chrome, "/api/v1/livret-numerique/formateurs")
    assert "x-rdv-mock: 1" in answer
    assert "A0850001230" in answer
    assert not severe_messages(chrome)


@pytest.mark.parametrize("page", ["docs", "swagger-ui/index.html"])
def test_a_second_account_follows_the_first_in_swagger_ui_and_reading_logs_nobody_out(
    chrome: Chrome, server: ServerProcess, callback: str, page: str
) -> None:
    assert callback
    chrome.get(f"{server.url}/{page}")
    authorize(chrome)
    log_in_from_swagger(chrome, "lea@plesses.test", "lea")

    # Another one, without closing the dialog in between.
    log_out(chrome)
    log_in_from_swagger(chrome, "noe@ligne.test", "noe")
    close_dialog(chrome)
    execute(chrome, MOI)
    assert "contact@ligne.test" in answer_to(chrome, MOI)

    # And the first again, in a dialog that was opened anew.
    authorize(chrome)
    log_out(chrome)
    log_in_from_swagger(chrome, "lea@plesses.test", "lea")
    close_dialog(chrome)
    execute(chrome, MOI)
    wait_until(lambda: "contact@plesses.test" in answer_to(chrome, MOI))

    # Six minutes are more than a vendor's token lives.
    with client_of(server) as control:
        assert control.post("/_mock/clock/advance", json={"by": "PT6M"}).status_code == 200
        control.delete("/_mock/journal")
        execute(chrome, MOI)
        (entry,) = control.get("/_mock/journal?wait=5").json()["entries"]
    assert entry["status"] == 200
    assert not severe_messages(chrome)


MOI = "/api/v2/auto-ecole/moi"


def authorize(chrome: Chrome) -> None:
    """Open the dialog."""
    wait_for(chrome, By.CSS_SELECTOR, ".auth-wrapper button.authorize")
    chrome.find_element(By.CSS_SELECTOR, ".auth-wrapper button.authorize").click()
    wait_for(chrome, By.CSS_SELECTOR, ".auth-container")


def log_in_from_swagger(chrome: Chrome, username: str, password: str) -> None:
    """Log in from the dialog, which stays open."""
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
    type_and_send(chrome, username, password)
    WebDriverWait(chrome, SECONDS).until(number_of_windows_to_be(1))
    chrome.switch_to.window(swagger)
    wait_for(chrome, By.XPATH, "//button[text()='Logout']")
    assert not chrome.find_elements(By.CSS_SELECTOR, ".auth-container .errors")


def log_out(chrome: Chrome) -> None:
    chrome.find_element(By.XPATH, "//button[text()='Logout']").click()
    wait_for(chrome, By.LINK_TEXT, "select all")


def close_dialog(chrome: Chrome) -> None:
    chrome.find_element(By.CSS_SELECTOR, ".btn-done").click()


def execute(chrome: Chrome, path: str) -> None:
    """Open a GET if it is not, and press its button."""
    operation = operation_at(path)
    button = f"{operation}//button[contains(@class, 'execute')]"
    if not chrome.find_elements(By.XPATH, button):
        chrome.find_element(By.XPATH, f"//span[@data-path='{path}']").click()
    wait_for(chrome, By.XPATH, button)
    chrome.find_element(By.XPATH, button).click()
    wait_for(chrome, By.XPATH, f"{operation}//table[contains(@class, 'live-responses-table')]")


def operation_at(path: str) -> str:
    return f"//span[@data-path='{path}']/ancestor::div[contains(@class, 'opblock-get')]"


def answer_to(chrome: Chrome, path: str) -> str:
    return chrome.find_element(By.XPATH, operation_at(path)).text


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = monotonic() + SECONDS
    while not holds():
        assert monotonic() < deadline
        sleep(0.1)
