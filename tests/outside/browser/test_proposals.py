"""« Execute » on what Swagger UI proposes, with nothing typed (all others: tests/api)."""

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.outside.browser.conftest import severe_messages, wait_for
from tests.story.process import ServerProcess, client_of, server_process

PROPOSED = [
    ("put", "/_mock/clock"),
    ("post", "/_mock/clock/advance"),
    ("post", "/_mock/tokens"),
    ("patch", "/_mock/state"),
    ("post", "/_mock/incidents"),
    ("get", "/_mock/incidents/{id}"),
    ("post", "/_mock/examens/{examenId}/resultat"),
    ("get", "/_mock/etp"),
    ("put", "/_mock/scenario"),
]


def execute(chrome: Chrome, method: str, path: str) -> int:
    """Open an operation, press « Execute », and read the status."""
    shown = f"//span[@data-path='{path}']"
    operation = f"{shown}/ancestor::div[contains(@class, 'opblock-{method}')]"
    wait_for(chrome, By.XPATH, f"{operation}{shown}")
    chrome.find_element(By.XPATH, f"{operation}{shown}").click()
    button = f"{operation}//button[contains(@class, 'execute')]"
    wait_for(chrome, By.XPATH, button)
    chrome.execute_script("arguments[0].click()", chrome.find_element(By.XPATH, button))
    answer = f"{operation}//table[contains(@class, 'live-responses-table')]/tbody"
    status = f"{answer}//td[contains(@class, 'response-col_status')]"
    wait_for(chrome, By.XPATH, status)
    return int(chrome.find_element(By.XPATH, status).text.split()[0])


def test_what_the_page_of_the_control_plane_proposes_runs_as_it_stands(
    chrome: Chrome, server: ServerProcess
) -> None:
    with client_of(server) as control:
        assert control.put("/_mock/scenario", json={"name": "demonstration"}).status_code == 200
    chrome.get(f"{server.url}/_mock/docs")

    statuses = {(method, path): execute(chrome, method, path) for method, path in PROPOSED}

    groups = [tag.text for tag in chrome.find_elements(By.CSS_SELECTOR, ".opblock-tag > a")]
    assert groups == ["Plan de contrôle", "Mondes", "Incidents et journal"]
    assert {one: status for one, status in statuses.items() if not 200 <= status < 300} == {}
    assert not severe_messages(chrome)


@pytest.mark.parametrize("page", ["/_mock/docs", "/w/principal/_mock/docs"])
def test_a_page_calls_the_server_that_it_came_from_whatever_that_calls_itself(
    chrome: Chrome, page: str
) -> None:
    elsewhere = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ailleurs.invalid"}
    with server_process("--trust-proxy") as server:
        chrome.execute_cdp_cmd("Network.enable", {})
        chrome.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": elsewhere})
        chrome.get(f"{server.url}{page}")

        assert execute(chrome, "get", "/_mock/clock") == 200
